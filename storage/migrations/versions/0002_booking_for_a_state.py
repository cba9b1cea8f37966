"""holds, waiting lists, reserves, holidays, the day itself"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('holiday',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('hub_id', sa.String(length=40), nullable=True),
    sa.Column('name_bn', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['hub_id'], ['hub.id'], name=op.f('fk_holiday_hub_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday'))
    )
    with op.batch_alter_table('holiday', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_holiday_date'), ['date'], unique=False)

    op.create_table('roster_exception',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('doctor_id', sa.String(length=40), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('starts', sa.Time(), nullable=True),
    sa.Column('ends', sa.Time(), nullable=True),
    sa.Column('slot_minutes', sa.Integer(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('reserved', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['doctor_id'], ['doctor.id'], name=op.f('fk_roster_exception_doctor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_exception'))
    )
    with op.batch_alter_table('roster_exception', schema=None) as batch_op:
        batch_op.create_index('ix_roster_exception_doctor_date', ['doctor_id', 'date'], unique=False)

    op.create_table('waiting',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('chat', sa.Text(), nullable=False),
    sa.Column('spoke_id', sa.String(length=40), nullable=False),
    sa.Column('hub_id', sa.String(length=40), nullable=False),
    sa.Column('specialty', sa.Text(), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.String(length=40), nullable=True),
    sa.Column('replaces', sa.Text(), nullable=True),
    sa.Column('wanted_from', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('wanted_until', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('created_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_waiting_decision_id')),
    sa.ForeignKeyConstraint(['hub_id'], ['hub.id'], name=op.f('fk_waiting_hub_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_waiting_person_id')),
    sa.ForeignKeyConstraint(['spoke_id'], ['spoke.id'], name=op.f('fk_waiting_spoke_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting')),
    sa.UniqueConstraint('key', name=op.f('uq_waiting_key'))
    )
    with op.batch_alter_table('waiting', schema=None) as batch_op:
        batch_op.create_index('ix_waiting_next', ['hub_id', 'specialty', 'urgency', 'created_at'], unique=False, sqlite_where=sa.text("status = 'active'"), postgresql_where=sa.text("status = 'active'"))
        batch_op.create_index('ix_waiting_replaces', ['replaces'], unique=False, sqlite_where=sa.text("status = 'active'"), postgresql_where=sa.text("status = 'active'"))
        batch_op.create_index(batch_op.f('ix_waiting_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_waiting_active', ['person_id', 'specialty'], unique=True, sqlite_where=sa.text("status = 'active'"), postgresql_where=sa.text("status = 'active'"))

    op.create_table('offer',
    sa.Column('waiting_id', sa.String(length=40), nullable=False),
    sa.Column('window_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('booking_id', sa.String(length=40), nullable=False),
    sa.Column('offered_at', storage.columns.Instant(timezone=True), nullable=False),
    sa.Column('answered_at', storage.columns.Instant(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_offer_booking_id')),
    sa.ForeignKeyConstraint(['waiting_id'], ['waiting.id'], name=op.f('fk_offer_waiting_id')),
    sa.ForeignKeyConstraint(['window_id'], ['window.id'], name=op.f('fk_offer_window_id')),
    sa.PrimaryKeyConstraint('waiting_id', 'window_id', name=op.f('pk_offer'))
    )
    with op.batch_alter_table('offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offer_booking_id'), ['booking_id'], unique=False)

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ends_at', storage.columns.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('held_until', storage.columns.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('arrived_at', storage.columns.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('called_at', storage.columns.Instant(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f('uq_booking_active'), sqlite_where=sa.text("status IN ('proposed', 'pending', 'booked', 'arrived')"))
        batch_op.create_index('ix_booking_unmarked', ['ends_at'], unique=False, sqlite_where=sa.text("status = 'booked'"), postgresql_where=sa.text("status = 'booked'"))
        batch_op.create_index('ix_booking_held', ['held_until'], unique=False, sqlite_where=sa.text("status IN ('proposed', 'pending')"), postgresql_where=sa.text("status IN ('proposed', 'pending')"))
        batch_op.create_index('uq_booking_stands', ['person_id', 'session_id'], unique=True, sqlite_where=sa.text("status IN ('booked', 'arrived')"), postgresql_where=sa.text("status IN ('booked', 'arrived')"))

    op.execute('UPDATE booking SET ends_at = (SELECT ends_at FROM "window" WHERE "window".id = booking.window_id)')
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.alter_column('ends_at', nullable=False)
        batch_op.alter_column('token_number', nullable=True)

    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_line', ['chat', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    with op.batch_alter_table('roster', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reserved', sa.Integer(), server_default='0', nullable=False))

    with op.batch_alter_table('window', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reserved', sa.Integer(), server_default='0', nullable=False))
        if op.get_bind().dialect.name == 'postgresql':  # SQLite's table is made anew, and its checks with it
            batch_op.drop_constraint('counts', type_='check')
        batch_op.create_check_constraint('counts', 'taken >= 0 AND issued >= 0')
        batch_op.create_index('ix_window_shut', ['session_id'], unique=False, sqlite_where=sa.text('NOT open'), postgresql_where=sa.text('NOT open'))
