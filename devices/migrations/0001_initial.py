import devices.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import eecp_clinic.codes
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('eecp_clinic', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12, unique=True)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='eecp_clinic.clinic')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('model', models.CharField(blank=True, max_length=80, verbose_name='model')),
                ('serial', models.CharField(max_length=60, verbose_name='serial number')),
                ('kind', models.CharField(choices=[('pneumatic', 'Pneumatic'), ('hydraulic', 'Hydraulic (not covered by Medicare)')], default='pneumatic', max_length=12, verbose_name='kind')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'ordering': ['clinic', 'name'],
                'constraints': [models.UniqueConstraint(fields=('clinic', 'name'), name='device_name_once_per_clinic'), models.UniqueConstraint(fields=('clinic', 'serial'), name='device_serial_once_per_clinic')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='device',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "devices_deviceevent" ("clinic_id", "code", "id", "is_active", "kind", "model", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "serial") VALUES (NEW."clinic_id", NEW."code", NEW."id", NEW."is_active", NEW."kind", NEW."model", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."serial"); RETURN NULL;', hash='7f731378fda0362e7ee4e5a351e97ce1b7fae4cb', operation='INSERT', pgid='pgtrigger_insert_insert_33fc2', table='devices_device', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='device',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "devices_deviceevent" ("clinic_id", "code", "id", "is_active", "kind", "model", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "serial") VALUES (NEW."clinic_id", NEW."code", NEW."id", NEW."is_active", NEW."kind", NEW."model", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."serial"); RETURN NULL;', hash='f3c9d13af38d58bc155484d5e693d8d082cf513a', operation='UPDATE', pgid='pgtrigger_update_update_605e9', table='devices_device', when='AFTER')),
        ),
        migrations.CreateModel(
            name='DeviceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='devices.device')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('model', models.CharField(blank=True, max_length=80, verbose_name='model')),
                ('serial', models.CharField(max_length=60, verbose_name='serial number')),
                ('kind', models.CharField(choices=[('pneumatic', 'Pneumatic'), ('hydraulic', 'Hydraulic (not covered by Medicare)')], default='pneumatic', max_length=12, verbose_name='kind')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MaintenanceWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='maintenance_windows', to='devices.device')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='from, to')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'ordering': ['during'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('device', '='), ('during', '&&')], name='maintenance_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='AgentKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agent_keys', to='devices.device')),
                ('prefix', models.CharField(max_length=12, verbose_name='begins with')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='good until')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replacements', to='devices.agentkey')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolment_codes', to='devices.device')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='good until')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
            ],
            options={
                'ordering': ['-made_at'],
            },
        ),
        migrations.CreateModel(
            name='AgentStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='agent_status', to='devices.device')),
                ('at', models.DateTimeField(verbose_name='last heard of')),
                ('agent_version', models.CharField(blank=True, max_length=40)),
                ('source_state', models.CharField(blank=True, max_length=20)),
                ('source_since', models.DateTimeField(null=True, verbose_name='in that state since')),
                ('patient_connected', models.BooleanField(null=True, verbose_name='a patient is connected')),
                ('spool_unsent', models.PositiveIntegerField(default=0)),
                ('spool_bytes', models.BigIntegerField(null=True)),
                ('disk_free_bytes', models.BigIntegerField(null=True)),
                ('clock_offset_ms', models.BigIntegerField(null=True, verbose_name='agent clock minus server clock')),
                ('clock_round_trip_ms', models.BigIntegerField(null=True, verbose_name='round trip of that measurement')),
                ('device_offset_ms', models.BigIntegerField(null=True, verbose_name='device clock minus agent clock')),
            ],
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='devices.device')),
                ('manifest', models.JSONField(verbose_name='manifest as the agent gave it')),
                ('started_at', models.DateTimeField(verbose_name='first sample, device time')),
                ('clock_offset_ms', models.BigIntegerField(null=True)),
                ('clocks', models.JSONField(blank=True, default=list, verbose_name='measurements of the clocks')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('last_chunk_at', models.DateTimeField(null=True, verbose_name='last chunk arrived')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
                ('last_seq', models.IntegerField(null=True, verbose_name='last chunk, as the agent said')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='last sample, device time')),
                ('received', devices.fields.SeqRangesField(default=tuple, verbose_name='numbers of the chunks that arrived')),
                ('prescribed_pressure_mmhg', models.PositiveSmallIntegerField(null=True)),
                ('prescribed_minutes', models.PositiveSmallIntegerField(null=True)),
                ('stored_at', models.DateTimeField(null=True, verbose_name='stored')),
                ('file', models.FileField(blank=True, max_length=200, upload_to='', verbose_name='EDF+ file')),
                ('file_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the file')),
                ('chunks_sha256', models.CharField(blank=True, max_length=64, verbose_name="SHA-256 over the chunks' hashes in order")),
                ('verified_at', models.DateTimeField(null=True, verbose_name='file read back and verified')),
                ('gap_seconds', models.FloatField(null=True)),
                ('running', models.JSONField(blank=True, null=True, verbose_name="when the cuffs worked, by the device's events")),
                ('late_chunks_at', models.DateTimeField(null=True, verbose_name='chunks arrived that are not in the file')),
                ('failure', models.CharField(blank=True, max_length=200, verbose_name='why it could not be stored or analysed')),
                ('live', models.JSONField(null=True)),
                ('live_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['device', '-started_at'], name='recording_by_device')],
            },
        ),
        migrations.CreateModel(
            name='RecordingImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12, unique=True)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='eecp_clinic.clinic')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='devices.device')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('found', models.JSONField(verbose_name='what was found in it')),
                ('started_at', models.DateTimeField(null=True, verbose_name='first sample')),
                ('chunks', models.FileField(blank=True, max_length=200, upload_to='', verbose_name='chunks that wait')),
                ('recording', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='source_import', to='devices.recording')),
            ],
            options={
                'ordering': ['-uploaded_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('recording__isnull', False)), fields=('clinic', 'sha256'), name='file_imported_once_per_clinic')],
            },
        ),
        migrations.CreateModel(
            name='Chunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recording', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='devices.recording')),
                ('seq', models.PositiveIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('data', models.BinaryField()),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['recording', 'seq'],
                'constraints': [models.UniqueConstraint(fields=('recording', 'seq'), name='chunk_once_per_number')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='chunk',
            trigger=pgtrigger.compiler.Trigger(name='chunk_is_never_overwritten', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7463fd81e2a71bc1828dbd453f6a48c21156ce2f', operation='UPDATE', pgid='pgtrigger_chunk_is_never_overwritten_db8f0', table='devices_chunk', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='ChunkConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='devices.recording')),
                ('kind', models.CharField(choices=[('number', 'Other bytes under a number that was taken'), ('samples', 'Samples of a time that another chunk holds')], default='number', max_length=8)),
                ('seq', models.PositiveIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('data', models.BinaryField()),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['recording', 'seq'],
                'constraints': [models.UniqueConstraint(fields=('recording', 'seq', 'sha256'), name='conflict_once_per_content')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='devices.recording')),
                ('version', models.PositiveSmallIntegerField()),
                ('file', models.FileField(max_length=200, upload_to='', verbose_name='EDF+ file')),
                ('file_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('chunks_sha256', models.CharField(max_length=64, verbose_name="SHA-256 over the chunks' hashes in order")),
                ('received', devices.fields.SeqRangesField(verbose_name='numbers of the chunks in it')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='last sample, device time')),
                ('gap_seconds', models.FloatField(null=True)),
                ('stored_at', models.DateTimeField(verbose_name='stored, read back and verified')),
            ],
            options={
                'ordering': ['recording', 'version'],
                'constraints': [models.UniqueConstraint(fields=('recording', 'version'), name='file_once_per_version')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storedfile',
            trigger=pgtrigger.compiler.Trigger(name='file_is_final', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e89eb7a2e56d3d9e1a6104eef8bc5b65e07544e1', operation='UPDATE OR DELETE', pgid='pgtrigger_file_is_final_941f1', table='devices_storedfile', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='PrunedChunks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pruned', to='devices.recording')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pruned', to='devices.storedfile')),
                ('seqs', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('sha256s', models.BinaryField()),
                ('pruned_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='prunedchunks',
            trigger=pgtrigger.compiler.Trigger(name='hashes_are_final', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cc15d94b2d05a5bbce065598f19e62784cac4ba4', operation='UPDATE', pgid='pgtrigger_hashes_are_final_7a636', table='devices_prunedchunks', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='GatingReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12, unique=True)),
                ('recording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='devices.recording')),
                ('engine_version', models.CharField(max_length=20)),
                ('config', models.JSONField()),
                ('config_sha256', models.CharField(max_length=64)),
                ('input_sha256', models.CharField(max_length=64)),
                ('report', models.JSONField()),
                ('report_sha256', models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the report's canonical text")),
                ('beats_file', models.FileField(blank=True, max_length=200, upload_to='', verbose_name='file of the beats')),
                ('beats_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the beats')),
                ('made_at', models.DateTimeField()),
                ('grade', models.CharField(max_length=20)),
                ('effective_minutes', models.FloatField(null=True)),
                ('ds_peak', models.FloatField(null=True)),
                ('ds_area', models.FloatField(null=True)),
            ],
            options={
                'ordering': ['-made_at'],
                'constraints': [models.UniqueConstraint(fields=('recording', 'engine_version', 'config_sha256', 'input_sha256'), name='report_once_per_engine_and_input')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gatingreport',
            trigger=pgtrigger.compiler.Trigger(name='report_is_final', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='87d9588ffecd46995fe0d4bd27e71b27e2cfca5d', operation='UPDATE OR DELETE', pgid='pgtrigger_report_is_final_9a93e', table='devices_gatingreport', when='BEFORE')),
        ),
    ]
