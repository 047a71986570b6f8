"""An answer of the API, and the bodies of its refusals (xero.md section 7)."""

import uuid
from dataclasses import dataclass, field

from flask import Response

from sandbox.xero import wire

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str | bytes = ""
    content_type: str = JSON  # empty: none at all
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        response = Response(self.body, status=self.status, content_type=self.content_type or None)
        if not self.content_type:
            del response.headers["Content-Type"]
        response.headers.update(self.headers)
        return response


class Refusal(Exception):
    """The call ends here, with this answer."""

    def __init__(self, answer: Answer):
        super().__init__(answer.status)
        self.answer = answer


def not_found() -> Refusal:
    """An unknown id: 404 with an empty page, not JSON [REC:invoice_not_found]."""
    return Refusal(Answer(404, "", HTML))


def problem(status: int, title: str, detail: str, **headers: str) -> Refusal:
    """The family of bodies that the gateway in front of the API gives."""
    said = {"Type": None, "Title": title, "Status": status, "Detail": detail}
    body = wire.pretty({**said, "Instance": str(uuid.uuid4()), "Extensions": {}})
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Refusal(Answer(status, body, headers=named))


class ApiException(Refusal):
    """The family of bodies that the API itself gives."""

    def __init__(self, number: int, type_name: str, message: str, status: int = 400, elements: list | None = None):
        body: dict = {"ErrorNumber": number, "Type": type_name, "Message": message}
        if elements is not None:
            body["Elements"] = elements
        super().__init__(Answer(status, wire.pretty(body)))
        self.number, self.message = number, message


def bad_body(message: str) -> Refusal:
    return ApiException(14, "PostDataInvalidException", message)


def bad_query(message: str) -> Refusal:
    return ApiException(16, "QueryParseException", message)


def invalid(elements: list[dict]) -> Refusal:
    """Nothing of the call is saved; each refused element says why."""
    return ApiException(10, "ValidationException", "A validation exception occurred", elements=elements)


def as_validation(refusal: ApiException) -> Answer:
    """The same said the way a broken rule is told."""
    return ApiException(10, "ValidationException", refusal.message, refusal.answer.status).answer
