"""The OpenAPI description of api/v1/. `tests/campaigns/test_api_description.py` holds every answer against it."""

from typing import Any

from django.conf import settings

from campaigns import life
from campaigns.api.asking import CURSOR, DEFAULT, MOST
from campaigns.choices import AskStatus, UpdateKind

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "integer", "minimum": 0}
NUMBER_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 1}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
ID: Schema = {"type": "string", "format": "uuid"}
READABLE = ("upcoming", "open", "closed", "delivered", "answered", "archived")


def _object(**fields: Schema) -> Schema:
    """An object that has all these fields and no other."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _list(each: Schema) -> Schema:
    return {"type": "array", "items": each}


def _one_of(values: Any) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_OUTLINE: dict[str, Schema] = {
    "slug": TEXT,
    "title": TEXT,
    "title_language": TEXT_OR_NULL,
    "summary": TEXT,
    "addressee": _object(office=TEXT, person=TEXT),
    "host": _object(name=TEXT, website=TEXT),
    "phase": _one_of(phase for phase in life.Phase if phase in READABLE),
    "opens_at": MOMENT,
    "closes_at": MOMENT,
    "zone": TEXT,
    "page": ADDRESS,
    "url": ADDRESS,
}
SCHEMAS: dict[str, Schema] = {
    "CampaignOutline": _object(**_OUTLINE),
    "Campaign": _object(
        **_OUTLINE,
        goal=NUMBER_OR_NULL,
        topics=_list(TEXT),
        languages=_list(TEXT),
        letter=_object(version=NUMBER_OR_NULL, sha256=TEXT_OR_NULL, body=TEXT),
        asks=_list(_object(number=NUMBER, text=TEXT, language=TEXT, status=_one_of(AskStatus.values))),
        count=_object(count=NUMBER, named=NUMBER, countries=NUMBER),
        signatories_url=ADDRESS,
        updates_url=ADDRESS,
    ),
    "Signatory": _object(
        id=ID,
        name=TEXT,
        name_native=TEXT,
        native_language=TEXT,
        acronym=TEXT,
        country_or_territory=TEXT,
        country_code=TEXT,
        org_type=TEXT,
        network_parent=TEXT,
        website=TEXT,
        role=_one_of(("signatory", "convenor")),
        signed_on=DAY,
        letter_version=NUMBER,
    ),
    "Update": _object(
        id=ID,
        kind=_one_of(UpdateKind.values),
        published_on=DAY,
        title=TEXT,
        body=TEXT,
        language=TEXT,
        ask=NUMBER_OR_NULL,
        ask_status={"enum": [*AskStatus.values, None]},
    ),
    "Error": _object(error=TEXT),
}
for _name, _each in (
    ("Campaigns", "CampaignOutline"),
    ("Signatories", "Signatory"),
    ("Updates", "Update"),
):
    SCHEMAS[_name] = _object(results=_list(_named(_each)), next={"type": ["string", "null"], "format": "uri"})


def _parameter(name: str, said: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": said, "schema": schema}


LANGUAGE = _parameter(
    "language",
    "Language of titles, texts and country names; where there is no text in it, the nearest there is.",
    _one_of(code for code, _name in settings.LANGUAGES) | {"default": settings.LANGUAGE_CODE},
)
LIMIT = _parameter(
    "limit", "How many to a page.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}
)
AFTER = _parameter(
    "after",
    "Where the page begins: take it from `next`.",
    {"type": "string", "pattern": f"^{CURSOR.pattern}$"},
)
SLUG = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}}  # fmt: skip


def _answer(said: str, schema: str) -> Schema:
    return {"description": said, "content": {"application/json": {"schema": _named(schema)}}}


def _question(name: str, said: str, schema: str, *parameters: Schema) -> Schema:
    answers = {"200": _answer("Found.", schema), "400": _answer("A parameter says nothing.", "Error")}
    # What can't be read at all is refused before anybody looks for whom it was meant.
    answers["400"]["content"]["text/html"] = {"schema": TEXT}
    if SLUG in parameters or AFTER in parameters:
        answers["404"] = _answer("There is no such public letter, or no such page of it.", "Error")
    return {
        "get": {"operationId": name, "summary": said, "parameters": list(parameters), "responses": answers}
    }


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Undersigned: public data of open letters",
        "version": "1",
        "description": "Read only. What the public pages show, and nothing else: no withheld name, days and never times.",
    },
    "servers": [{"url": settings.SITE_URL}],
    "paths": {
        "/api/v1/campaigns/": _question(
            "campaigns", "The public letters, by their addresses.", "Campaigns", LANGUAGE, LIMIT, AFTER
        ),
        "/api/v1/campaigns/{slug}/": _question(
            "campaign", "One letter, its asks and its count.", "Campaign", SLUG, LANGUAGE
        ),
        "/api/v1/campaigns/{slug}/signatories/": _question(
            "signatories",
            "Who stands on the public list, in its order.",
            "Signatories",
            SLUG,
            LANGUAGE,
            LIMIT,
            AFTER,
        ),
        "/api/v1/campaigns/{slug}/updates/": _question(
            "updates", "News of the letter, the newest first.", "Updates", SLUG, LANGUAGE, LIMIT, AFTER
        ),
    },
    "components": {"schemas": SCHEMAS},
}
