"""`python -m handoff.dispatch`: one worker process."""

from __future__ import annotations

import logging

import uvloop

from backend.settings import settings
from backend.store.bell import Bell
from backend.store.engine import Store
from handoff.dispatch.worker import Worker


async def main() -> None:
    """Works until it is told to stop."""
    config = settings()
    store, bell = Store(config.database_url, pool_size=20), Bell(config.redis_url)
    try:
        await Worker(config, store, bell).run()
    finally:
        await bell.close()
        await store.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses
    logging.getLogger("twilio").setLevel(logging.WARNING)
    uvloop.run(main())
