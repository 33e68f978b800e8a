"""Recordings from before: which chunks have arrived, and their file as version 1."""

from django.db import migrations

COUNT_CHUNKS = """
UPDATE devices_recording AS recording SET received = found.ranges
FROM (
    SELECT recording_id, range_agg(int4range(seq, seq + 1)) AS ranges FROM devices_chunk GROUP BY recording_id
) AS found
WHERE found.recording_id = recording.uuid
"""
FIRST_VERSIONS = """
INSERT INTO devices_storedfile
    (recording_id, version, file, file_sha256, chunks_sha256, received, ended_at, gap_seconds, stored_at)
SELECT uuid, 1, file, file_sha256, chunks_sha256, received, ended_at, gap_seconds, stored_at
FROM devices_recording WHERE stored_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0005_file_versions_and_account_of_chunks")]

    # Backwards the columns go with the schema; nothing is lost that the chunks do not say.
    operations = [
        migrations.RunSQL(COUNT_CHUNKS, migrations.RunSQL.noop),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
    ]
