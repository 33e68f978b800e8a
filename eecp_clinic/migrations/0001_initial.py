import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
import eecp_clinic.codes
import eecp_clinic.models.clinic
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        BtreeGistExtension(),  # exclusion constraints over a key and a range
        TrigramExtension(),  # search that looks inside names
        migrations.CreateModel(
            name='Clinic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('address', models.CharField(max_length=200, verbose_name='street address')),
                ('city', models.CharField(max_length=80, verbose_name='city')),
                ('state', models.CharField(max_length=2, verbose_name='state')),
                ('postal_code', models.CharField(max_length=10, verbose_name='ZIP code')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('npi', models.CharField(max_length=10, validators=[eecp_clinic.models.clinic.validate_npi], verbose_name='NPI')),
                ('tax_id', models.CharField(max_length=12, verbose_name='tax id (EIN)')),
                ('time_zone', models.CharField(max_length=40, validators=[eecp_clinic.models.clinic.validate_time_zone], verbose_name='time zone')),
                ('place_of_service', models.CharField(default='11', help_text='11 office, 49 independent clinic', max_length=2, verbose_name='place of service')),
                ('turnaround_minutes', models.PositiveSmallIntegerField(default=15, verbose_name='minutes between two patients')),
                ('devices_per_nurse', models.PositiveSmallIntegerField(blank=True, help_text='Empty: nurses are not counted when sessions are planned', null=True, verbose_name='devices that one nurse watches at once')),
                ('wall_shows', models.CharField(choices=[('device', "the device and the session's number alone"), ('initials', 'initials'), ('name', "the patient's name")], default='initials', max_length=8, verbose_name='the wall names a patient by')),
                ('reading_interval_minutes', models.PositiveSmallIntegerField(choices=[(5, 'every 5 min'), (15, 'every 15 min')], default=15, verbose_name='minutes between two readings of a session')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('npi', 'address'), name='clinic_once_per_npi_and_address')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clinic',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_clinicevent" ("address", "city", "code", "devices_per_nurse", "id", "name", "npi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place_of_service", "postal_code", "reading_interval_minutes", "state", "tax_id", "time_zone", "turnaround_minutes", "wall_shows") VALUES (NEW."address", NEW."city", NEW."code", NEW."devices_per_nurse", NEW."id", NEW."name", NEW."npi", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."place_of_service", NEW."postal_code", NEW."reading_interval_minutes", NEW."state", NEW."tax_id", NEW."time_zone", NEW."turnaround_minutes", NEW."wall_shows"); RETURN NULL;', hash='e2364dd2b604ad2755886c66d93dd21a1e229248', operation='INSERT', pgid='pgtrigger_insert_insert_076a6', table='eecp_clinic_clinic', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clinic',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_clinicevent" ("address", "city", "code", "devices_per_nurse", "id", "name", "npi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "place_of_service", "postal_code", "reading_interval_minutes", "state", "tax_id", "time_zone", "turnaround_minutes", "wall_shows") VALUES (NEW."address", NEW."city", NEW."code", NEW."devices_per_nurse", NEW."id", NEW."name", NEW."npi", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."place_of_service", NEW."postal_code", NEW."reading_interval_minutes", NEW."state", NEW."tax_id", NEW."time_zone", NEW."turnaround_minutes", NEW."wall_shows"); RETURN NULL;', hash='31649a3061be506db8aca52e7cfc1c5458242519', operation='UPDATE', pgid='pgtrigger_update_update_bd636', table='eecp_clinic_clinic', when='AFTER')),
        ),
        migrations.CreateModel(
            name='ClinicEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.clinic')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('address', models.CharField(max_length=200, verbose_name='street address')),
                ('city', models.CharField(max_length=80, verbose_name='city')),
                ('state', models.CharField(max_length=2, verbose_name='state')),
                ('postal_code', models.CharField(max_length=10, verbose_name='ZIP code')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('npi', models.CharField(max_length=10, validators=[eecp_clinic.models.clinic.validate_npi], verbose_name='NPI')),
                ('tax_id', models.CharField(max_length=12, verbose_name='tax id (EIN)')),
                ('time_zone', models.CharField(max_length=40, validators=[eecp_clinic.models.clinic.validate_time_zone], verbose_name='time zone')),
                ('place_of_service', models.CharField(default='11', help_text='11 office, 49 independent clinic', max_length=2, verbose_name='place of service')),
                ('turnaround_minutes', models.PositiveSmallIntegerField(default=15, verbose_name='minutes between two patients')),
                ('devices_per_nurse', models.PositiveSmallIntegerField(blank=True, help_text='Empty: nurses are not counted when sessions are planned', null=True, verbose_name='devices that one nurse watches at once')),
                ('wall_shows', models.CharField(choices=[('device', "the device and the session's number alone"), ('initials', 'initials'), ('name', "the patient's name")], default='initials', max_length=8, verbose_name='the wall names a patient by')),
                ('reading_interval_minutes', models.PositiveSmallIntegerField(choices=[(5, 'every 5 min'), (15, 'every 15 min')], default=15, verbose_name='minutes between two readings of a session')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='eecp_clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
            ],
            options={
                'verbose_name_plural': 'opening hours',
                'ordering': ['clinic', 'weekday', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='opening_hours_weekday_0_to_6'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='opening_hours_close_after_opening')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openinghours',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_openinghoursevent" ("clinic_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."clinic_id", NEW."closes", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."weekday"); RETURN NULL;', hash='cdb19488fc0d1f57b0ba1c2b5b799f12d0f755fc', operation='INSERT', pgid='pgtrigger_insert_insert_9c6aa', table='eecp_clinic_openinghours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openinghours',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_openinghoursevent" ("clinic_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."clinic_id", NEW."closes", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."weekday"); RETURN NULL;', hash='5d4b4f7228eec16704db2b1986fbe09202afc18d', operation='UPDATE', pgid='pgtrigger_update_update_6ebaa', table='eecp_clinic_openinghours', when='AFTER')),
        ),
        migrations.CreateModel(
            name='OpeningHoursEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.openinghours')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='eecp_clinic.clinic')),
                ('day', models.DateField(verbose_name='day')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'ordering': ['day'],
                'constraints': [models.UniqueConstraint(fields=('clinic', 'day'), name='closure_once_a_day')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closure',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_closureevent" ("clinic_id", "day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."clinic_id", NEW."day", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='e027be8d7e0a36ff92a0ace803b5335ab545d51d', operation='INSERT', pgid='pgtrigger_insert_insert_30071', table='eecp_clinic_closure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closure',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_closureevent" ("clinic_id", "day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."clinic_id", NEW."day", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='8023ab4b1e756a1ad6b4a1c25ba7603b16cd2ad8', operation='UPDATE', pgid='pgtrigger_update_update_bbb07', table='eecp_clinic_closure', when='AFTER')),
        ),
        migrations.CreateModel(
            name='ClosureEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.closure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('day', models.DateField(verbose_name='day')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OpeningException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_exceptions', to='eecp_clinic.clinic')),
                ('day', models.DateField(verbose_name='day')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'ordering': ['day', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='opening_exception_closes_after_opening', violation_error_message='The clinic must close after it opens, on the same day.'), models.UniqueConstraint(fields=('clinic', 'day', 'opens'), name='opening_exception_once', violation_error_message='These hours are entered already.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingexception',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_openingexceptionevent" ("clinic_id", "closes", "day", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."clinic_id", NEW."closes", NEW."day", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='3e40550263388bd174ffb7de8911fae2cdcde837', operation='INSERT', pgid='pgtrigger_insert_insert_7da25', table='eecp_clinic_openingexception', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingexception',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_openingexceptionevent" ("clinic_id", "closes", "day", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."clinic_id", NEW."closes", NEW."day", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='a89d886a9fadf2b3f53890679c5a9be378e5070f', operation='UPDATE', pgid='pgtrigger_update_update_49dc2', table='eecp_clinic_openingexception', when='AFTER')),
        ),
        migrations.CreateModel(
            name='OpeningExceptionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.openingexception')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('day', models.DateField(verbose_name='day')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('credentials', models.CharField(blank=True, help_text='As they stand behind the name, such as RN or MD', max_length=40, verbose_name='credentials')),
                ('npi', models.CharField(blank=True, max_length=10, validators=[eecp_clinic.models.clinic.validate_npi], verbose_name='NPI')),
                ('specialty', models.CharField(blank=True, max_length=80, verbose_name='specialty')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_userevent" ("credentials", "date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "last_name", "npi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "specialty", "username") VALUES (NEW."credentials", NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."last_name", NEW."npi", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."specialty", NEW."username"); RETURN NULL;', hash='271309ce87b691a15e153e2f0e0d283ef5f46518', operation='INSERT', pgid='pgtrigger_insert_insert_111c1', table='eecp_clinic_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."credentials" IS DISTINCT FROM (NEW."credentials") OR OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."npi" IS DISTINCT FROM (NEW."npi") OR OLD."specialty" IS DISTINCT FROM (NEW."specialty") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "eecp_clinic_userevent" ("credentials", "date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "last_name", "npi", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "specialty", "username") VALUES (NEW."credentials", NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."last_name", NEW."npi", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."specialty", NEW."username"); RETURN NULL;', hash='0f1d13ad3f2e76f2433be9c2971fb3db40922dce', operation='UPDATE', pgid='pgtrigger_update_update_89822', table='eecp_clinic_user', when='AFTER')),
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('credentials', models.CharField(blank=True, help_text='As they stand behind the name, such as RN or MD', max_length=40, verbose_name='credentials')),
                ('npi', models.CharField(blank=True, max_length=10, validators=[eecp_clinic.models.clinic.validate_npi], verbose_name='NPI')),
                ('specialty', models.CharField(blank=True, max_length=80, verbose_name='specialty')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='eecp_clinic.clinic')),
                ('role', models.CharField(choices=[('nurse', 'Nurse'), ('physician', 'Physician'), ('billing', 'Billing'), ('front_desk', 'Front desk'), ('administrator', 'Administrator')], max_length=20, verbose_name='role')),
            ],
            options={
                'ordering': ['clinic', 'user', 'role'],
                'constraints': [models.UniqueConstraint(fields=('user', 'clinic', 'role'), name='membership_once_per_role'), models.CheckConstraint(condition=models.Q(('role__in', ['nurse', 'physician', 'billing', 'front_desk', 'administrator'])), name='membership_role_known')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_membershipevent" ("clinic_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."clinic_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;', hash='e166408d830f69ea293019acc5306db7041937ba', operation='INSERT', pgid='pgtrigger_insert_insert_f6a8b', table='eecp_clinic_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_membershipevent" ("clinic_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."clinic_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;', hash='8cf4d075cbdf4c2f64af54b1506471f4cdc73542', operation='UPDATE', pgid='pgtrigger_update_update_fbd68', table='eecp_clinic_membership', when='AFTER')),
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.membership')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('role', models.CharField(choices=[('nurse', 'Nurse'), ('physician', 'Physician'), ('billing', 'Billing'), ('front_desk', 'Front desk'), ('administrator', 'Administrator')], max_length=20, verbose_name='role')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='eecp_clinic.clinic')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('subject', models.CharField(max_length=80, verbose_name='record')),
                ('form', models.CharField(max_length=40, verbose_name='form')),
                ('fields', models.JSONField(default=dict, verbose_name='fields')),
                ('settled', models.JSONField(default=list, verbose_name='saved for real')),
                ('updated_at', models.DateTimeField(verbose_name='last written')),
            ],
            options={
                'ordering': ['clinic', 'user', 'subject', 'form'],
                'indexes': [models.Index(fields=['updated_at'], name='draft_by_age')],
                'constraints': [models.UniqueConstraint(fields=('clinic', 'user', 'subject', 'form'), name='draft_once_a_form')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_events', to='eecp_clinic.clinic')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_events', to=settings.AUTH_USER_MODEL)),
                ('action', models.CharField(max_length=80, verbose_name='action')),
                ('subject', models.CharField(max_length=80, verbose_name='record')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('data', models.JSONField(default=dict, verbose_name='data')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['subject', 'at'], name='audit_by_subject'), models.Index(fields=['clinic', 'at'], name='audit_by_clinic')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditevent',
            trigger=pgtrigger.compiler.Trigger(name='audit_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c27ef1addc9db2e6c38e7119bb1e8fda730d2c36', operation='UPDATE OR DELETE', pgid='pgtrigger_audit_is_append_only_27308', table='eecp_clinic_auditevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=eecp_clinic.codes.new_code, editable=False, max_length=12, unique=True)),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='eecp_clinic.clinic')),
                ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('credentials', models.CharField(max_length=40, verbose_name='credentials')),
                ('role', models.CharField(max_length=20, verbose_name='role')),
                ('meaning', models.CharField(max_length=200, verbose_name='meaning')),
                ('signed_at', models.DateTimeField(verbose_name='signed')),
                ('authentication', models.CharField(max_length=40, verbose_name='identity shown by')),
                ('subject', models.CharField(max_length=80, verbose_name='record')),
                ('content', models.TextField(verbose_name='content as signed')),
                ('content_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the content')),
            ],
            options={
                'ordering': ['signed_at'],
                'indexes': [models.Index(fields=['subject'], name='signature_by_subject')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signature',
            trigger=pgtrigger.compiler.Trigger(name='signature_is_final', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2b4c05e04f315cb38b3b0d14cc6f9e10d7bd272c', operation='UPDATE OR DELETE', pgid='pgtrigger_signature_is_final_b3075', table='eecp_clinic_signature', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='StaffHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_hours', to='eecp_clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='weekday')),
                ('begins', models.TimeField(verbose_name='from')),
                ('ends', models.TimeField(verbose_name='to')),
                ('nurses', models.PositiveSmallIntegerField(verbose_name='nurses')),
            ],
            options={
                'verbose_name_plural': 'staff hours',
                'ordering': ['clinic', 'weekday', 'begins'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='staff_hours_weekday_0_to_6'), models.CheckConstraint(condition=models.Q(('ends__gt', models.F('begins'))), name='staff_hours_end_after_beginning', violation_error_message='The hours must end after they begin, on the same day.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffhours',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_staffhoursevent" ("begins", "clinic_id", "ends", "id", "nurses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."begins", NEW."clinic_id", NEW."ends", NEW."id", NEW."nurses", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."weekday"); RETURN NULL;', hash='f88f82da01e030bf19a1922480fa78927858998a', operation='INSERT', pgid='pgtrigger_insert_insert_181fc', table='eecp_clinic_staffhours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffhours',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_staffhoursevent" ("begins", "clinic_id", "ends", "id", "nurses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."begins", NEW."clinic_id", NEW."ends", NEW."id", NEW."nurses", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."weekday"); RETURN NULL;', hash='2076fe0ecede18444f9881d1d1fb7b5f6f7b914f', operation='UPDATE', pgid='pgtrigger_update_update_6c6f8', table='eecp_clinic_staffhours', when='AFTER')),
        ),
        migrations.CreateModel(
            name='StaffHoursEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.staffhours')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='weekday')),
                ('begins', models.TimeField(verbose_name='from')),
                ('ends', models.TimeField(verbose_name='to')),
                ('nurses', models.PositiveSmallIntegerField(verbose_name='nurses')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StaffAbsence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_absences', to='eecp_clinic.clinic')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='from, to')),
                ('nurses', models.PositiveSmallIntegerField(default=1, verbose_name='nurses away')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'ordering': ['during'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffabsence',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "eecp_clinic_staffabsenceevent" ("clinic_id", "during", "id", "nurses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."clinic_id", NEW."during", NEW."id", NEW."nurses", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='62da9b5960ce070febbeb1849cf2bd35079dba39', operation='INSERT', pgid='pgtrigger_insert_insert_1ccf3', table='eecp_clinic_staffabsence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffabsence',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "eecp_clinic_staffabsenceevent" ("clinic_id", "during", "id", "nurses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."clinic_id", NEW."during", NEW."id", NEW."nurses", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='ddb03a491a655f0c3b02a47a2488cfbc5f7f8901', operation='UPDATE', pgid='pgtrigger_update_update_e9a64', table='eecp_clinic_staffabsence', when='AFTER')),
        ),
        migrations.CreateModel(
            name='StaffAbsenceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='eecp_clinic.staffabsence')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('clinic', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='eecp_clinic.clinic')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='from, to')),
                ('nurses', models.PositiveSmallIntegerField(default=1, verbose_name='nurses away')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
