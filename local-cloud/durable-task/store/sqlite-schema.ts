/** The file's `user_version`. */
export const taskHubSchemaVersion = 4;

export const taskHubSchema = `
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

-- Start-up reads only unfinished instances. The index holds no others, so it stays small.
create index unfinished_instances on instances (instance_id)
  where status in ('Pending', 'Running', 'Suspended');

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
  updated_at integer not null,
  locked_by text,
  created_at integer not null
) without rowid;

-- The last record of the commit log that was applied, and the random number that ties the log to this file.
create table commit_log (applied integer not null, hub integer not null);
insert into commit_log values (0, abs(random() % 4294967296));
`;
