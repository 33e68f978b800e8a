"""Rows of the devices: everybody in the treatment room looks, the administrator changes."""

from typing import Any

import numpy as np

from devices import importing
from devices.waveform import Channel, ChannelName, Waveform
from tests import factories
from tests.devices.given_files import edf_of
from tests.devices.stored import store_waveform
from tests.factories import MONDAY_NINE
from tests.permissions.table import Row, only
from tests.permissions.world import World

LOOKING = ("nurse", "physician", "administrator")


def extend(world: World) -> None:
    flat = Waveform((Channel(ChannelName.ECG, 250.0, np.zeros(500)),))
    world.things["recording"] = store_waveform(world["device"], flat)
    world.things["device_report"] = factories.make_report(world["recording"])
    [given] = edf_of(flat)
    world.things["import"] = importing.take_file(
        device=world["device"], given=[given], actor=world.users["nurse"], now=MONDAY_NINE
    )
    world.things["key"] = factories.make_key(world["device"])[0]


def device(world: World) -> list[Any]:
    return [world["device"].code]


def recording(world: World) -> list[Any]:
    return [world["recording"].pk]


def waiting(world: World) -> list[Any]:
    return [world["device"].code, world["import"].code]


def confirmed(world: World) -> dict[str, Any]:
    return {"started_at": "2026-03-02T09:00:00", "trigger_source": "r_wave"}


def key(world: World) -> list[Any]:
    return [world["device"].code, world["key"].prefix]


def stretch(world: World) -> list[Any]:
    return [world["recording"].pk, world["recording"].file_sha256[:12]]


def form(world: World) -> dict[str, Any]:
    return {"name": "Device 9", "serial": "S-9", "kind": "pneumatic", "is_active": "on"}


ROWS = [
    Row("devices:list", only(*LOOKING)),
    Row("devices:detail", only(*LOOKING), args=device),
    Row("devices:live", only(*LOOKING), args=recording),
    Row("devices:stream", only(*LOOKING), args=recording),
    Row("devices:live-several", only("nurse", "physician")),
    Row("devices:stream-several", only("nurse", "physician")),
    Row("devices:recording-file", only(*LOOKING), args=recording),
    Row("devices:tile", only(*LOOKING), args=lambda world: [*stretch(world), 0, 0]),
    Row("devices:recording-events", only(*LOOKING), args=stretch),
    # Its beats were not kept
    Row("devices:report-beats", only(*LOOKING, status=404), args=lambda world: [world["device_report"].code]),
    Row("devices:import", only(*LOOKING), args=device),
    Row("devices:import", only(*LOOKING, status=422), method="post", args=device),
    Row("devices:import-confirm", only(*LOOKING), args=waiting),
    Row("devices:import-confirm", only(*LOOKING, status=302), method="post", args=waiting, data=confirmed),
    Row("devices:import-discard", only(*LOOKING, status=302), method="post", args=waiting),
    Row("devices:move-recording", only(*LOOKING), args=recording),
    Row("devices:move-recording", only(*LOOKING, status=422), method="post", args=recording),
    Row("devices:add", only("administrator")),
    Row("devices:add", only("administrator", status=302), method="post", data=form, outsider=302),
    Row("devices:edit", only("administrator"), args=device),
    Row("devices:edit", only("administrator", status=302), method="post", args=device, data=form),
    Row("devices:make-key", only("administrator"), method="post", args=device),
    Row("devices:enrol", only("administrator"), method="post", args=device),
    Row("devices:revoke-key", only("administrator"), args=key),
    Row("devices:revoke-key", only("administrator", status=302), method="post", args=key),
]
