import cxorders.organisation.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True)),
                ('is_off', models.BooleanField()),
                ('name', models.CharField(max_length=60)),
                ('notice_year', models.PositiveSmallIntegerField()),
                ('source', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'ordering': ['date'],
            },
        ),
        migrations.CreateModel(
            name='WorkRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('zh', models.CharField(max_length=200)),
                ('en', models.CharField(blank=True, max_length=300)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('tz', models.CharField(default='Asia/Shanghai', max_length=40)),
                ('windows', models.JSONField(default=dict)),
                ('follows_holidays', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
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
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(max_length=80)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('language', models.CharField(default='zh-hans', max_length=10)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', cxorders.organisation.models.Person()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(blank=True, max_length=80)),
                ('unit_id', models.BigIntegerField(null=True)),
                ('company_id', models.BigIntegerField(null=True)),
                ('verb', models.CharField(max_length=60)),
                ('subject_label', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_label', 'subject_id', 'at'], name='journal_subject'), models.Index(fields=['company_id', 'at'], name='journal_company'), models.Index(fields=['actor_id', 'at'], name='journal_actor'), models.Index(fields=['at', 'id'], name='journal_at')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('zh', models.CharField(max_length=200)),
                ('en', models.CharField(blank=True, max_length=300)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('group', '集团'), ('company', '成员企业'), ('department', '部门'), ('team', '班组')], max_length=12)),
                ('path', models.CharField(editable=False, max_length=140, unique=True)),
                ('department_code', models.CharField(blank=True, max_length=20)),
                ('touchpoint_code', models.CharField(blank=True, max_length=10)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='cxorders.unit')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='cxorders.unit')),
                ('work_rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='cxorders.workrule')),
            ],
            options={
                'ordering': ['path'],
                'indexes': [models.Index(fields=['company', 'department_code', 'kind'], name='unit_department')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'company'), _negated=True), ('company__isnull', False), _connector='OR'), name='unit_company_is_set')],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('salutation', models.CharField(blank=True, max_length=20)),
                ('segment_code', models.CharField(default='RETAIL', max_length=20)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('do_not_call', models.BooleanField(default=False)),
                ('do_not_call_reason', models.CharField(blank=True, default='', max_length=200)),
                ('created_at', models.DateTimeField()),
                ('client_key', models.UUIDField(null=True, unique=True)),
                ('merged_into', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='cxorders.customer')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'phone'], name='customer_company_phone'), models.Index(fields=['phone'], name='customer_phone'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='customer_merged')],
                'constraints': [models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='customer_not_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='Hint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('expires_on', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('client_key', models.UUIDField(null=True, unique=True)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hints', to='cxorders.customer')),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=20)),
                ('query', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField()),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'list_name', 'name'), name='saved_view_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Premises',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=200)),
                ('district', models.CharField(blank=True, max_length=60)),
                ('meter_number', models.CharField(blank=True, max_length=40)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='premises', to='cxorders.customer')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'verbose_name_plural': 'premises',
                'indexes': [models.Index(fields=['company', 'address'], name='premises_address')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('took_do_not_call', models.BooleanField(default=False)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='cxorders.customer')),
                ('merged', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merged_by', to='cxorders.customer')),
                ('undone_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('merged',), name='merged_once')],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('relation', models.CharField(choices=[('spouse', '配偶'), ('child', '子女'), ('parent', '父母'), ('tenant', '租客'), ('landlord', '房东'), ('staff', '单位经办人'), ('other', '其他联系人')], default='other', max_length=10)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('since', models.DateField()),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('client_key', models.UUIDField(null=True, unique=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='cxorders.customer')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_on', None)), fields=['phone'], name='member_phone')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role_code', models.CharField(max_length=20)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='cxorders.unit')),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'indexes': [models.Index(fields=['unit', 'role_code'], name='grant_unit_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='grant_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='ColumnMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('headings', models.CharField(max_length=64)),
                ('mapping', models.JSONField()),
                ('used_at', models.DateTimeField()),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'verbose_name_plural': 'column memories',
                'constraints': [models.UniqueConstraint(fields=('company', 'kind', 'headings'), name='import_headings_once')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('uploaded', '已上传'), ('mapped', '已对列'), ('checking', '检查中'), ('previewed', '待导入'), ('loading', '导入中'), ('loaded', '已导入'), ('failed', '已中断'), ('undoing', '撤销中'), ('undone', '已撤销'), ('discarded', '已放弃')], default='uploaded', max_length=10)),
                ('file', models.FileField(upload_to='imports/%Y/%m/')),
                ('filename', models.CharField(max_length=120)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField()),
                ('headers', models.JSONField(default=list)),
                ('samples', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('total', models.PositiveIntegerField(default=0)),
                ('bad', models.PositiveIntegerField(default=0)),
                ('loaded', models.PositiveIntegerField(default=0)),
                ('mark', models.PositiveIntegerField(default=0)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('seen_at', models.DateTimeField(null=True)),
                ('problem', models.JSONField(null=True)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undo_reason', models.CharField(blank=True, max_length=300)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('loaded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'verbose_name_plural': 'batches',
                'indexes': [models.Index(fields=['company', '-id'], name='import_company_newest'), models.Index(condition=models.Q(('state__in', ('checking', 'loading', 'undoing'))), fields=['seen_at'], name='import_at_work')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('undone', 'discarded')), _negated=True), fields=('company', 'kind', 'sha256'), name='import_file_once')],
            },
        ),
        migrations.CreateModel(
            name='UsualView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=20)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('view', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cxorders.savedview')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'list_name'), name='usual_view_once')],
            },
        ),
        migrations.CreateModel(
            name='Care',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('elderly', '独居老人'), ('hearing', '听力不便'), ('sight', '视力不便'), ('mobility', '行动不便'), ('infant', '家有婴幼儿'), ('illness', '家有病人'), ('language', '说方言或外语'), ('animal', '家有大型犬')], max_length=12)),
                ('note', models.CharField(blank=True, max_length=100)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cares', to='cxorders.customer')),
            ],
            options={
                'verbose_name_plural': 'cares',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('customer', 'code'), name='care_once')],
            },
        ),
        migrations.CreateModel(
            name='Made',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField()),
                ('model', models.CharField(max_length=40)),
                ('object_id', models.BigIntegerField()),
                ('before', models.JSONField(null=True)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='made', to='cxorders.batch')),
            ],
            options={
                'verbose_name_plural': 'made',
                'constraints': [models.UniqueConstraint(fields=('batch', 'model', 'object_id'), name='import_made_once')],
            },
        ),
        migrations.CreateModel(
            name='RowError',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField()),
                ('problems', models.JSONField()),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='errors', to='cxorders.batch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'row'), name='import_row_error_once')],
            },
        ),
    ]
