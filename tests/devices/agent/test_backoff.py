"""Waits grow, differ, and end at a minute."""

import numpy as np

from devices.agent.backoff import Backoff


def test_waits_double_up_to_a_minute_each_from_its_upper_half() -> None:
    backoff = Backoff(np.random.default_rng(1).uniform)
    for step in range(12):
        longest = min(0.5 * 2**step, 60.0)
        assert longest / 2 <= backoff.wait_s() <= longest


def test_wait_that_was_asked_for_is_kept() -> None:
    assert Backoff(np.random.default_rng(1).uniform).wait_s(asked_s=30) == 30


def test_answer_makes_the_next_wait_short_again() -> None:
    backoff = Backoff(np.random.default_rng(1).uniform)
    for _ in range(8):
        backoff.wait_s()
    backoff.reset()
    assert backoff.wait_s() <= 0.5


def test_two_agents_do_not_come_back_in_the_same_moment() -> None:
    assert (
        Backoff(np.random.default_rng(1).uniform).wait_s()
        != Backoff(np.random.default_rng(2).uniform).wait_s()
    )
