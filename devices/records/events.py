"""The words of a console's events, in WFDB and EDF+ annotations alike: ``trigger``, ``inflate calf``..."""

from devices.waveform import Cuff, Event, EventKind


def text_of(event: Event) -> str:
    return " ".join(filter(None, (event.kind, event.cuff)))


def event_of(text: str, t_s: float) -> Event | None:
    """The event that a text stands for, None where it is none; case and spaces do not matter."""
    kind, *cuffs = text.lower().split() or [""]
    if kind not in set(EventKind) or len(cuffs) > 1 or not set(cuffs) <= set(Cuff):
        return None
    return Event(t_s, EventKind(kind), Cuff(cuffs[0]) if cuffs else Cuff.NONE)


def is_complete(event: Event) -> bool:
    """Whether a valve event names its cuff; a trigger has none."""
    return (event.kind is EventKind.TRIGGER) == (event.cuff is Cuff.NONE)
