"""Where billing has always found it; ``courses.hints`` serves every stage."""

from courses.hints import enqueue

__all__ = ["enqueue"]
