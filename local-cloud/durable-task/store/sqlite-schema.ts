/**
 * What makes a file of one version into one of the next, from the empty file on. The number of steps done is the
 * file's `user_version`.
 */
export const taskHubMigrations: readonly string[] = [
  `
create table instances (
  instance_id text primary key,
  execution_id text not null,
  name text not null,
  version text not null,
  status text not null,
  input text,
  output text,
  custom_status text,
  failure_details text,
  parent text,
  created_at integer not null,
  updated_at integer not null
) without rowid;

create table history (
  instance_id text not null,
  seq integer not null,
  text text not null,
  input text,
  primary key (instance_id, seq)
) without rowid;

create table inbox (
  id integer primary key,
  instance_id text not null,
  message text not null
);

create table entities (
  entity_id text primary key,
  "exists" integer not null,
  state text,
  updated_at integer not null
) without rowid;
`,
  `
alter table entities add column locked_by text;
`,
  // At the start only what has not ended is read; the index holds nothing else, so it stays small.
  `
alter table entities add column created_at integer not null default 0;
update entities set created_at = updated_at;
create index unfinished_instances on instances (instance_id)
  where status in ('Pending', 'Running', 'Suspended');
`,
  // Which record of the commit log was the last to be taken over; and whose log it is.
  `
create table commit_log (applied integer not null, hub integer not null);
insert into commit_log values (0, abs(random() % 4294967296));
`,
];
