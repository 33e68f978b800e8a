"""What the API answers is what its OpenAPI document says, whatever is asked: sound, unsound, or noise."""

import uuid
from typing import Any, cast

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from devices.protocol import CHUNKS_CONTENT_TYPE
from tests import factories
from tests.devices.wire import Sender, chunk

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ENVELOPES = st.lists(
    st.one_of(
        st.sampled_from([chunk(0), chunk(0, shift=1), chunk(1), chunk(7)]).map(msgspec.structs.astuple),
        st.tuples(st.integers(-1, 9), st.binary(min_size=30, max_size=33), st.binary(max_size=40)),
        st.integers(-(2**63), 2**64 - 1),
    ),
    max_size=4,
).map(msgspec.msgpack.encode)

schemathesis.openapi.media_type(CHUNKS_CONTENT_TYPE, st.one_of(ENVELOPES, st.binary(max_size=60)))


@pytest.fixture
def agent(live_server: LiveServer, transactional_db: None, client: Any) -> Sender:
    _, secret = factories.make_key(factories.make_device(factories.make_clinic()))
    return Sender(secret, uuid.uuid4(), client)


def operations(agent: Sender) -> list[Any]:
    answer = agent.client.get("/api/v1/schema?format=json", headers=agent.headers)
    assert answer.status_code == 200
    schema = schemathesis.openapi.from_dict(answer.json())
    return [cast(Any, found).ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_answers_are_those_of_the_document(mode: Any, agent: Sender, live_server: LiveServer) -> None:
    asked = set()
    for operation in operations(agent):

        @given(case=operation.as_strategy(generation_mode=mode), is_ours=st.booleans())
        @settings(
            max_examples=10,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def probe(case: Any, is_ours: bool) -> None:
            if is_ours and "uuid" in (case.path_parameters or {}):
                case.path_parameters["uuid"] = str(agent.uuid)
            case.call_and_validate(base_url=live_server.url, headers=agent.headers, checks=CHECKS)

        agent.open()
        probe()
        asked.add(operation.label)
    assert len(asked) == 7, asked


def test_every_refusal_without_a_key_is_in_the_document(agent: Sender, live_server: LiveServer) -> None:
    for operation in operations(agent):

        @given(case=operation.as_strategy())
        @settings(
            max_examples=2,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def probe(case: Any) -> None:
            answer = case.call(base_url=live_server.url, headers={"Authorization": "Bearer nobody"})
            case.validate_response(answer, checks=CHECKS)
            assert answer.status_code in (
                {401, 404} | ({403, 422, 429} if case.path.endswith("/enrol") else set())
            )

        probe()
