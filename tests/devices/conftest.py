"""A device with a key, and the agent that holds it."""

import uuid

import pytest
from django.test import Client

from devices.models import Device
from eecp_clinic.models import Clinic
from tests import factories
from tests.devices.wire import Sender


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic)


@pytest.fixture
def agent(device: Device) -> Sender:
    _, secret = factories.make_key(device)
    return Sender(secret, uuid.uuid4(), Client())
