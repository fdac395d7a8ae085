import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cxorders', '0001_initial'),
        ('cxorders', '__first__'),
        ('feedback', '0001_initial'),
        ('touchpoints', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountedRound',
            fields=[
                ('round', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='feedback.round')),
                ('unit_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('closure_day', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='DirtyBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('unit_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DirtyIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issue_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RollupTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ComputeRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7)),
                ('cut_off_at', models.DateTimeField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('running', '计算中'), ('finished', '已完成'), ('failed', '没有算成')], default='running', max_length=10)),
                ('error', models.TextField(blank=True)),
                ('done', models.PositiveSmallIntegerField(default=0)),
                ('steps', models.PositiveSmallIntegerField(default=0)),
                ('values_count', models.PositiveIntegerField(default=0)),
                ('definitions', models.JSONField(default=dict)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['period', '-started_at'], name='run_period')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('period',), name='one_running_compute')],
            },
        ),
        migrations.CreateModel(
            name='IssueRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due', models.PositiveIntegerField(default=0)),
                ('exempt', models.PositiveIntegerField(default=0)),
                ('on_time', models.PositiveIntegerField(default=0)),
                ('rework', models.PositiveIntegerField(default=0)),
                ('moved', models.PositiveIntegerField(default=0)),
                ('closure_due', models.PositiveIntegerField(default=0)),
                ('closure_exempt', models.PositiveIntegerField(default=0)),
                ('closed_loop', models.PositiveIntegerField(default=0)),
                ('formally_closed', models.PositiveIntegerField(default=0)),
                ('day', models.DateField()),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cxorders.unit')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cxorders.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'day'], name='issue_rollup_company'), models.Index(fields=['day', 'company'], name='issue_rollup_day_company')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'day'), name='issue_rollup_once')],
            },
        ),
        migrations.CreateModel(
            name='MetricValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=6)),
                ('definition_version', models.PositiveSmallIntegerField(default=1)),
                ('period', models.CharField(max_length=7)),
                ('numerator', models.PositiveIntegerField()),
                ('denominator', models.PositiveIntegerField()),
                ('excluded', models.JSONField(default=dict)),
                ('value', models.DecimalField(decimal_places=8, max_digits=14, null=True)),
                ('low', models.DecimalField(decimal_places=8, max_digits=14, null=True)),
                ('high', models.DecimalField(decimal_places=8, max_digits=14, null=True)),
                ('extra', models.JSONField(default=dict)),
                ('cut_off_at', models.DateTimeField()),
                ('query_hash', models.CharField(max_length=64)),
                ('company', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='values', to='kpi.computerun')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cxorders.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'code', 'period'], name='value_unit')],
                'constraints': [models.UniqueConstraint(fields=('run', 'code', 'unit'), name='value_once')],
            },
        ),
        migrations.CreateModel(
            name='MonthRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('records', models.PositiveIntegerField(default=0)),
                ('negatives', models.PositiveIntegerField(default=0)),
                ('late', models.PositiveIntegerField(default=0)),
                ('r1', models.PositiveIntegerField(default=0)),
                ('r2', models.PositiveIntegerField(default=0)),
                ('r3', models.PositiveIntegerField(default=0)),
                ('r4', models.PositiveIntegerField(default=0)),
                ('r5', models.PositiveIntegerField(default=0)),
                ('due', models.PositiveIntegerField(default=0)),
                ('exempt', models.PositiveIntegerField(default=0)),
                ('on_time', models.PositiveIntegerField(default=0)),
                ('rework', models.PositiveIntegerField(default=0)),
                ('moved', models.PositiveIntegerField(default=0)),
                ('closure_due', models.PositiveIntegerField(default=0)),
                ('closure_exempt', models.PositiveIntegerField(default=0)),
                ('closed_loop', models.PositiveIntegerField(default=0)),
                ('formally_closed', models.PositiveIntegerField(default=0)),
                ('month', models.DateField()),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cxorders.unit')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cxorders.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'month'], name='month_rollup_company'), models.Index(fields=['month', 'company'], name='month_rollup_month_company')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'month'), name='month_rollup_once')],
            },
        ),
        migrations.CreateModel(
            name='RecordRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('records', models.PositiveIntegerField(default=0)),
                ('negatives', models.PositiveIntegerField(default=0)),
                ('late', models.PositiveIntegerField(default=0)),
                ('r1', models.PositiveIntegerField(default=0)),
                ('r2', models.PositiveIntegerField(default=0)),
                ('r3', models.PositiveIntegerField(default=0)),
                ('r4', models.PositiveIntegerField(default=0)),
                ('r5', models.PositiveIntegerField(default=0)),
                ('day', models.DateField()),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cxorders.unit')),
                ('key_point', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='touchpoints.keypoint')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cxorders.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'day'], name='record_rollup_company'), models.Index(fields=['day', 'company'], name='record_rollup_day_company')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'day', 'key_point'), name='record_rollup_once')],
            },
        ),
    ]
