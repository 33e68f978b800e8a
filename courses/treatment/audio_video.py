"""Direct supervision by live audio and video: since when it may be, and by whose leave. PURE.

From 1 January 2026 direct supervision may be met by real-time audio and video, by audio alone never (42 CFR 410.26 as
amended for 2026). Whether a contractor accepts it for this service is not settled, so that each clinic decides for
itself; it is off until it does.
"""

from datetime import date

AUDIO_VIDEO_FROM = date(2026, 1, 1)


def refusal(day: date, *, clinic_allows: bool) -> str:
    """Why nobody may supervise by audio and video on ``day``; empty where they may."""
    if day < AUDIO_VIDEO_FROM:
        return (
            "Medicare accepts supervision by live audio and video from 01-Jan-2026 on. For an earlier day only "
            "supervision on site counts."
        )
    if not clinic_allows:
        return (
            "This clinic has not allowed supervision by live audio and video. Supervise on site, or ask an "
            "administrator to allow it on the page of rules."
        )
    return ""
