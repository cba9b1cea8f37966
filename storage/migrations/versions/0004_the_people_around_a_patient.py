"""the people around a patient"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('guess',
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('since', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('shut_until', storage.columns.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('what', name=op.f('pk_guess'))
    )
    op.create_table('permit',
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('used_at', storage.columns.Instant(timezone=True), nullable=True),
    sa.Column('used_by', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_permit'))
    )
    op.create_table('pin',
    sa.Column('chat', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('set_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('open_until', storage.columns.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('chat', name=op.f('pk_pin'))
    )
    op.create_table('complaint',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('chat', sa.Text(), nullable=False),
    sa.Column('hub_id', sa.String(length=40), nullable=True),
    sa.Column('spoke_id', sa.String(length=40), nullable=True),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('closed_at', storage.columns.Instant(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['hub_id'], ['hub.id'], name=op.f('fk_complaint_hub_id')),
    sa.ForeignKeyConstraint(['spoke_id'], ['spoke.id'], name=op.f('fk_complaint_spoke_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint'))
    )
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_complaint_hub_id'), ['hub_id'], unique=False)

    op.create_table('favourite',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('doctor_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('used_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['doctor_id'], ['doctor.id'], name=op.f('fk_favourite_doctor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_favourite')),
    sa.UniqueConstraint('doctor_id', 'kind', 'key', name=op.f('uq_favourite_doctor_id_kind_key'))
    )
    op.create_table('person_key',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_key_person_id')),
    sa.PrimaryKeyConstraint('key', 'person_id', name=op.f('pk_person_key'))
    )
    with op.batch_alter_table('person_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_key_person_id'), ['person_id'], unique=False)

    op.create_table('observation',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('booking_id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('taken_by', sa.Text(), nullable=False),
    sa.Column('taken_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_observation_booking_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_observation_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation'))
    )
    with op.batch_alter_table('observation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_observation_booking_id'), ['booking_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_observation_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_at', storage.columns.Instant(timezone=True), nullable=True))

    with op.batch_alter_table('consult', schema=None) as batch_op:
        batch_op.add_column(sa.Column('judged_level', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('identifier', sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_consult_identifier'), ['identifier'])

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('approved_by', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('approved_at', storage.columns.Instant(timezone=True), nullable=True))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_date', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('high_risk', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('illnesses', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('allergies', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('lang', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('abha', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('abha_key', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('merged_into', sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f('ix_person_abha_key'), ['abha_key'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index('ix_account_forgotten_at', ['forgotten_at'], unique=False, sqlite_where=sa.text('forgotten_at IS NOT NULL'), postgresql_where=sa.text('forgotten_at IS NOT NULL'))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index('ix_person_delete_after', ['delete_after'], unique=False, sqlite_where=sa.text('delete_after IS NOT NULL'), postgresql_where=sa.text('delete_after IS NOT NULL'))

    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_at'), ['at'], unique=False)
