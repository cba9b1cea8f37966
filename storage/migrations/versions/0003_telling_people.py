"""kinds of notices that are not wanted, calls to be made"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('opt_out',
    sa.Column('chat', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', storage.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('chat', 'kind', name=op.f('pk_opt_out'))
    )
    op.create_table('call_task',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('spoke_id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('chat', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=True),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('created_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('done_at', storage.columns.Instant(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('done_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_call_task_person_id')),
    sa.ForeignKeyConstraint(['spoke_id'], ['spoke.id'], name=op.f('fk_call_task_spoke_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_task')),
    sa.UniqueConstraint('key', name=op.f('uq_call_task_key'))
    )
    with op.batch_alter_table('call_task', schema=None) as batch_op:
        batch_op.create_index('ix_call_task_open', ['spoke_id', 'created_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_call_task_person_id'), ['person_id'], unique=False)

    for group in ('reminders', 'family', 'after_visit', 'medicines', 'lists'):
        op.execute(f"INSERT INTO opt_out (chat, kind, at) SELECT chat, '{group}', created_at FROM account WHERE opted_out")
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_column('opted_out')
