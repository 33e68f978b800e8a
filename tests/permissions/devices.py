"""Rows of the devices: everybody in the treatment room looks, the administrator changes."""

from typing import Any

import numpy as np

from devices.waveform import Channel, ChannelName, Waveform
from tests import factories
from tests.devices.stored import store_waveform
from tests.permissions.table import Row, only
from tests.permissions.world import World

LOOKING = ("nurse", "physician", "administrator")


def extend(world: World) -> None:
    flat = Waveform((Channel(ChannelName.ECG, 250.0, np.zeros(500)),))
    world.things["recording"] = store_waveform(world["device"], flat)
    world.things["key"] = factories.make_key(world["device"])[0]


def device(world: World) -> list[Any]:
    return [world["device"].code]


def recording(world: World) -> list[Any]:
    return [world["recording"].pk]


def key(world: World) -> list[Any]:
    return [world["device"].code, world["key"].prefix]


def form(world: World) -> dict[str, Any]:
    return {"name": "Device 9", "serial": "S-9", "kind": "pneumatic", "is_active": "on"}


ROWS = [
    Row("devices:list", only(*LOOKING)),
    Row("devices:detail", only(*LOOKING), args=device),
    Row("devices:live", only(*LOOKING), args=recording),
    Row("devices:stream", only(*LOOKING), args=recording),
    Row("devices:recording-file", only(*LOOKING), args=recording),
    Row("devices:recording-wfdb", only(*LOOKING), args=recording),
    Row("devices:add", only("administrator")),
    Row("devices:add", only("administrator", status=302), method="post", data=form, outsider=302),
    Row("devices:edit", only("administrator"), args=device),
    Row("devices:edit", only("administrator", status=302), method="post", args=device, data=form),
    Row("devices:make-key", only("administrator"), method="post", args=device),
    Row("devices:enrol", only("administrator"), method="post", args=device),
    Row("devices:revoke-key", only("administrator"), args=key),
    Row("devices:revoke-key", only("administrator", status=302), method="post", args=key),
]
