-- Validates the constraints of V3 for older rows, without a lock that makes requests wait.
alter table tasks
    validate constraint tasks_priority_range,
    validate constraint tasks_due_at_range,
    validate constraint tasks_due_is_day_iff_day,
    validate constraint tasks_tags_count,
    validate constraint tasks_tags_without_commas,
    validate constraint tasks_tags_length,
    validate constraint tasks_title_key_length,
    validate constraint tasks_position_digits;

alter table users
    validate constraint users_pending_tasks_not_negative,
    validate constraint users_completed_tasks_not_negative;
