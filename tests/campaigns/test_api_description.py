"""Every answer of the API is held against its description, for questions that schemathesis makes up."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from campaigns.api.description import DESCRIPTION
from campaigns.models import Update, UpdateText
from signatories.models import Signature
from tests.builders import make_campaign, make_signature

PATHS = list(DESCRIPTION["paths"])
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
OFTEN = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.fixture
def one_connection(db):
    """As Django's own test client does: the end of a request must not end the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def description(one_connection):
    campaign = make_campaign("hrd-agenda", title="Defenders at the heart", goal=100)
    for name in ("Alpha Example", "بيتا", "Canary withheld"):
        make_signature(campaign, name=name)
    Signature.objects.filter(organisation__name="Canary withheld").update(publication_mode="withheld")
    update = Update.objects.create(campaign=campaign, published_at=timezone.now())
    UpdateText.objects.create(update=update, language="en", title="A step", body="News.")
    # Parameters that the API doesn't know are taken off, as on every public page: they can't fill the cache.
    generation = GenerationConfig(allow_extra_parameters=False)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), config=config)


@pytest.mark.parametrize("mode", MODES, ids=["meant", "wrong"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_the_description_says(description, path, mode):
    answers = set()

    @OFTEN
    @given(case=description[path]["GET"].as_strategy(generation_mode=mode), known=st.booleans())
    def ask(case, known):
        if known and "slug" in case.path_parameters:
            case.path_parameters["slug"] = "hrd-agenda"
        response = case.call()
        case.validate_response(response)
        answers.add(response.status_code)

    ask()

    assert answers <= {200, 400, 404}
    assert mode is GenerationMode.NEGATIVE or 200 in answers
