"""Jobs are taken from one business after the other, and found by their business."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FETCH = """
create function refleqt_fetch_job(of_queue text, for_worker bigint, served jsonb) returns procrastinate_jobs
language plpgsql as $$
declare
    taken procrastinate_jobs;
    refused bigint[] := '{}';
    of_priority integer;
    after text;
begin
    <<search>>
    loop
        <<look>>
        foreach of_priority in array array[-1, -2, -3] loop
            -- First the businesses whose turn comes after the one that was served last, then from the beginning.
            foreach after in array array[coalesce(served ->> of_priority::text, ''), ''] loop
                select * into taken from procrastinate_jobs as job
                where job.status = 'todo' and job.queue_name = of_queue and job.priority = of_priority
                  and job.args ->> 'business_id' > after
                  and (job.scheduled_at is null or job.scheduled_at <= now())
                  and job.id <> all (refused)
                  and (job.lock is null or not exists (
                        select from procrastinate_jobs as other where other.lock = job.lock and other.status = 'doing'))
                order by job.args ->> 'business_id', job.id limit 1
                for update skip locked;
                exit look when taken.id is not null;
            end loop;
        end loop;
        if taken.id is null then
            return null;
        end if;
        begin
            update procrastinate_jobs set status = 'doing', worker_id = for_worker where id = taken.id
            returning * into taken;
            return taken;
        exception when unique_violation then
            -- Another worker has just begun a job that no other of its kind may run beside.
            refused := refused || taken.id;
            taken := null;
        end;
    end loop;
end $$
"""


def upgrade() -> None:
    op.execute(
        "create index refleqt_jobs_in_turn on procrastinate_jobs "
        "(queue_name, priority, (args ->> 'business_id'), id) where status = 'todo'"
    )
    op.execute("create index refleqt_jobs_of_business on procrastinate_jobs ((args ->> 'business_id'), id)")
    op.execute(FETCH)


def downgrade() -> None:
    op.execute("drop function refleqt_fetch_job")
    op.execute("drop index refleqt_jobs_of_business")
    op.execute("drop index refleqt_jobs_in_turn")
