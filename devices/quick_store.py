"""The ordinary case of storing chunks, in one statement: a recording that runs, and numbers that are all new.

This is what every agent does every second, so it costs one exchange with the database: the statement proves the key,
takes the recording's lock, notes the numbers, inserts the chunks and commits. It does all of that or nothing: whatever
is not so simple is left to ``devices.chunk_store``, which looks at each chunk.

How many chunks there are plays no part: numbers that have arrived are ranges in the recording's row.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import OperationalError, connection

from devices.fields import SeqRanges, ranges_from_text
from devices.protocol import Envelope

# Taking the row comes first, so chunk ids within a recording are in the order of commit; who waited for it finds the
# numbers of who was first, because PostgreSQL looks at the conditions again.
_STORE = """
WITH taken AS (
    UPDATE devices_recording AS recording
    SET received = received + %(numbers)s::int4multirange, last_chunk_at = %(now)s
    FROM devices_agentkey AS key
    WHERE recording.uuid = %(uuid)s
        AND key.sha256 = %(key)s AND key.revoked_at IS NULL
        AND (key.expires_at IS NULL OR key.expires_at > %(now)s) AND key.device_id = recording.device_id
        AND recording.closed_at IS NULL AND recording.stored_at IS NULL AND recording.failure = ''
        AND NOT recording.received && %(numbers)s::int4multirange
    RETURNING recording.uuid, recording.received
), stored AS (
    INSERT INTO devices_chunk (recording_id, seq, sha256, data, received_at)
    SELECT taken.uuid, chunk.seq, sha256(chunk.data), chunk.data, %(now)s
    FROM taken, unnest(%(seqs)s::int4[], %(data)b::bytea[]) AS chunk (seq, data)
)
SELECT received::text FROM taken
"""


def store_new(
    *, uuid: UUID, key_sha256: str, envelopes: Sequence[Envelope], now: datetime
) -> SeqRanges | None:
    """Store all of these sound chunks (their SHA-256 was checked), of different numbers, and return the numbers that the recording now has.

    None where nothing was stored: the key is not good, the recording is over or not its device's, or a number is
    taken, be it by the same bytes.
    """
    seqs = [envelope.seq for envelope in envelopes]
    # As text, which PostgreSQL reads faster than Python can write the binary forms.
    row = _executed(
        {
            "uuid": uuid,
            "key": key_sha256,
            "now": now,
            "numbers": f"{{{','.join(f'[{seq},{seq}]' for seq in seqs)}}}",
            "seqs": f"{{{','.join(map(str, seqs))}}}",
            "data": [envelope.data for envelope in envelopes],
        }
    )
    return None if row is None else ranges_from_text(row[0])


def _executed(parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    """The row, or None. A connection that broke while it was idle is replaced once: to send twice is harmless."""
    try:
        return _execute(parameters)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _execute(parameters)


def _execute(parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    connection.ensure_connection()
    server = connection.connection
    # Django's own cursor would write the bytes into the text of the statement, and Django lets no statement be
    # prepared; planning this one takes longer than carrying it out.
    server.prepare_threshold = 0
    with connection.wrap_database_errors, psycopg.Cursor(server) as cursor:
        cursor.execute(_STORE, parameters, prepare=True, binary=True)
        return cursor.fetchone()
