"""A form that knows who is a customer already: a web service that checks each contact while it is entered.

    pip install fastapi uvicorn
    python examples/at_the_form.py                  (serves on http://127.0.0.1:8000, its pages on /docs)

    POST /contacts/check    while somebody types: what is wrong, and who it could be
    POST /contacts          enter it: 201 and its id, or 409 with the reasons; what only warns, ?confirmed=true enters

Answers are in English or Chinese, as the browser asks for (Accept-Language). A salesman sees that a duplicate exists
and who owns it, and nothing else of it. What is entered is known at once, to every thread.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict

import crmquality as cq
from crmquality.checked import Checked, Language
from crmquality.index import Index

SCHEMA = cq.Schema(
    cq.PersonName("name", required=True),
    cq.Phone("mobile", region="CN"),
    cq.Email("email"),
    cq.NationalId("id_number", scheme="cn.ric"),
    cq.OrganizationName("company"),
)
KNOWN = (
    {
        "record_id": "c1",
        "owner": "sales",
        "name": "欧阳娜娜",
        "mobile": "13800138001",
        "company": "杭州鼎盛科技有限公司",
    },
    {"record_id": "c2", "owner": "service", "name": "John Smith", "email": "john.smith@example.org"},
    {"record_id": "c3", "owner": None, "name": "李娜", "id_number": "11010119900307299X", "email": "lina@example.org"},
)
OWNER = {"owner": ("owned by {}", "由{}负责")}


class Contact(BaseModel):
    """What the form sends; the fields of the schema, any of them perhaps still empty."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    mobile: str | None = None
    email: str | None = None
    id_number: str | None = None
    company: str | None = None
    owner: str | None = None


def index_of(known: Sequence[Mapping[str, str | None]]) -> Index:
    """The known contacts; in a service of your own, a state that was stored, and a pipeline that was fitted."""
    fitted = cq.Pipeline.from_schema(SCHEMA).with_default_model()
    columns = ["record_id", "owner", *(f.name for f in SCHEMA.fields)]
    state = fitted.update(cq.State(), [{c: row.get(c) for c in columns} for row in known]).state
    return fitted.index(state, policy=cq.Policy(invalid="block"), carry=("owner",))


def language_of(request: Request) -> Language:
    """The language that the browser prefers, of the two that there are."""
    wanted = [part.partition(";q=") for part in request.headers.get("accept-language", "").lower().split(",")]
    ranked = sorted(wanted, key=lambda part: -float(part[2] or 1))
    return "zh" if ranked[0][0].strip().startswith("zh") else "en"


def answer(checked: Checked, language: Language) -> dict[str, object]:
    """A check as the form shows it."""
    zh = language == "zh"
    seen = checked.redacted(OWNER)
    return {
        "verdict": seen.verdict,
        "reasons": [{"code": r.code, "text": r.message_zh if zh else r.message} for r in seen.reasons],
        "findings": {
            field: [{"code": f.code, "text": f.message_zh if zh else f.message} for f in findings]
            for field, findings in checked.by_field.items()
        },
        "duplicates": [n.message_zh if zh else n.message for n in seen.notices],
        "values": {f.name: checked.record[f"norm_{f.name}"] for f in SCHEMA.fields},
    }


def make_app(known: Sequence[Mapping[str, str | None]] = KNOWN) -> FastAPI:
    """The service; its functions are not async, so that several threads check at a time."""
    app, index = FastAPI(title="Customers"), index_of(known)
    entering = threading.Lock()  # two who enter one customer at the same moment: the second has to see the first

    @app.post("/contacts/check")
    def check(contact: Contact, request: Request) -> dict[str, object]:
        return answer(index.check(contact.model_dump(), partial=True), language_of(request))

    @app.post("/contacts", status_code=201)
    def enter(contact: Contact, request: Request, response: Response, confirmed: bool = False) -> dict[str, object]:
        record = contact.model_dump()
        with entering:
            checked = index.check(record)
            said = answer(checked, language_of(request))
            if checked.verdict == "block" or (checked.verdict == "warn" and not confirmed):
                response.status_code = 409
                return {**said, "can_be_confirmed": checked.verdict == "warn"}
            record_id = f"c{len(index) + 1}"
            index.add({"record_id": record_id, **record})
        return {**said, "record_id": record_id}

    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(make_app(), port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
