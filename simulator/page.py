"""The page that looks like a telephone."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

router = APIRouter()
templates = Jinja2Templates(HERE / "templates")


@router.get("/")
async def telephone(request: Request) -> Response:
    """The page; its script fills it from the control API."""
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-store"}
    return templates.TemplateResponse(request, "phone.html", headers=headers)
