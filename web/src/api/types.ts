// Made from the hub's OpenAPI document by `make docs`; do not edit. A test compares the two.

/** `people` is the address that people open, `agents` the one that goes into lines for other machines. `folder` is told to admins only. `fingerprint` is the SHA-256 of the hub's certificate, null where it has none. */
export interface About { versions: Record<string, string>; host: string; folder: string | null; started: string; uptime_seconds: number; time_zone: string; utc_offset_minutes: number; open_to_lan: boolean; people: string; agents: string; network_addresses: string[]; doors: Door[]; fingerprint: string | null; guarantee: Guarantee; }

/** A person with an account. */
export interface Account { name: string; role: "admin" | "operator" | "viewer" | "student"; created: string; disabled: boolean; }

/** What is left out stays. Whoever changes their own password without being an admin gives the `current` one, if there is one: accounts that were imported have none at first. */
export interface AccountChange { role?: "admin" | "operator" | "viewer" | "student" | null; password?: string | null; disabled?: boolean | null; current?: string | null; }

export interface Accounts { people: Account[]; }

/** Who did what, from where, to what, and how it ended (ok or refused). In the details of what was refused `repeated` counts equal refusals, of which only some are written down, and `untold` those before it that were not. */
export interface ActInfo { id: number; at: string; actor: string; peer: string; act: string; subject: string; outcome: string; details: Record<string, unknown>; }

/** Newest first. `before` asks for the next page; null when there is none. */
export interface ActPage { acts: ActInfo[]; before: number | null; }

export interface Analysis { text: string; }

/** Times are ISO-8601. `truncated`: there is more than `limit` rows or 64 MiB. */
export interface Answer { columns: string[]; rows: unknown[][]; truncated: boolean; }

/** How many lines came in the step that begins at `at` (µs). */
export interface Bucket { at: number; total: number; by: BySeverity; }

/** `counts` are all steps from `begin_us` on, those without lines too. `error` has what is worse too, `debug` all that is less than info. `partial`: the question took too long, and only the newest lines are counted. */
export interface Buckets { begin_us: number; step_us: number; partial: boolean; counts: Bucket[]; }

/** What is left out stays. */
export interface BulkChange { names: string[]; tags?: TagChange | null; state?: "adopted" | "retired" | null; }

export interface BySeverity { error: number; warn: number; info: number; debug: number; }

/** Everywhere, or on one node only. */
export interface CancelJob { node?: string | null; }

/** The nodes whose commands were open. */
export interface Cancelled { id: number; nodes: string[]; }

export interface Changed { results: Outcome[]; }

/** `ok` is null for what is neither right nor wrong, or could not be found out. */
export interface CheckInfo { name: string; ok: boolean | null; text: string; }

/** Either `names`, or `all` of those that wait. */
export interface Choice { names?: string[]; all?: boolean; same?: Same | null; }

/** Newest first; `cursor` is to be given as `before` for the next page. Long values make a page shorter. */
export interface ClassHistory { user: string; transitions: Transition[]; cursor: number | null; }

/** A class and how many people are in it. */
export interface ClassInfo { name: string; people: number; created: string; created_by: string; }

export interface ClassInfos { classes: ClassInfo[]; }

/** Of each text only the first 1,000 characters; a user's history has the whole. `cursor` is to be given as `after` for the next page. */
export interface ClassList { users: ClassUser[]; cursor: string | null; }

/** One of a class and how their hardware stands. `node` and `presence` (up, late, down, off, pending, retired) are of the node whose agent is their hardware, "" for a worker that polls. `word` is rest, requested, collected, returned, error or stuck; `since` when that state began (µs since 1970), 0 where nothing ever happened, and `stuck_since` from when on it is stuck, where it is. `answer` and `error` are the first lines of standard output and standard error, `verdict` that of the analysis, once there is one. `round` is the number of what was asked, `moves` how many transitions their history has. */
export interface ClassMember { user: string; state: number; hw_command: string; hw_response: string; server_analysis: string; time: string; hw_err: string; hw_exit: number | null; timeout: number; stuck: boolean; judge: string; node: string; seat: string; presence: string; word: string; since: number; stuck_since: number | null; answer: string; error: string; verdict: string; round: number | null; moves: number; }

/** `cursor` is to be given as `after` for the next page. */
export interface ClassMembers { name: string; members: ClassMember[]; cursor?: string | null; }

/** One user's hardware: 0 at rest, 1 requested, 2 collected, 3 answered. `time` is of the last transition, empty if there was none. `hw_err` and `hw_exit` are standard error and exit code as far as the hardware told them. `stuck`: it took more than twice `timeout` (seconds) to collect the program or to answer. `judge` gave the analysis: `check` is a program. */
export interface ClassUser { user: string; state: number; hw_command: string; hw_response: string; server_analysis: string; time: string; hw_err: string; hw_exit: number | null; timeout: number; stuck: boolean; judge: string; }

/** How many events, and their averages. Label -1 is for events that belong to no cluster. */
export interface Cluster { label: number; count: number; avg_power_active_w: number; avg_power_reactive_var: number; avg_power_apparent_va: number; avg_line_current_a: number; avg_line_voltage_v: number; }

/** Some events of the result that came at `at`, as columns: two features, and the label of the cluster of each. Of every cluster as many as of the largest, or all that it has. */
export interface ClusterPoints { at: string; events: number; x_unit: string; y_unit: string; x: number[]; y: number[]; cluster: number[]; }

/** A result and how it came about. Before the first one `at` is null and there are no clusters. `events` were looked at, `skipped` of them lack a number that is needed, `sample` were clustered and the rest assigned; `seconds` is how long it took. */
export interface Clustering { at?: string | null; events?: number; skipped?: number; sample?: number; bandwidth?: number; seconds?: number; clusters?: Cluster[]; }

/** The last result; `since` is when this number of clusters was first found in one go. `features` are what events are compared by. `history` has the latest results, the newest first. */
export interface ClustersNow { at?: string | null; events?: number; skipped?: number; sample?: number; bandwidth?: number; seconds?: number; clusters?: Cluster[]; since: string | null; next: Next; features: FeatureInfo[]; history: EarlierResult[]; }

/** `complete` is false where something is missing that never came, or has not come yet. */
export interface CompletenessInfo { node: string; presence: string; since: string; complete: boolean; gaps: GapInfo[]; }

/** The oldest first, `line` among them. `older` and `newer` go on with GET /api/v1/logs, the same node and `order=desc` or `order=asc`; `older` is null where nothing is. */
export interface Context { line: number; logs: LogLine[]; older: string | null; newer: string | null; }

/** Another machine that shows this one's key: most often its card was copied. */
export interface CopyInfo { host: string; peer: string; at: string; }

/** What somebody types to sign in. */
export interface Credentials { name: string; password: string; }

export interface Decided { results: Outcome[]; }

/** A way in, as it is really bound. `reach` says who comes through: this machine only, or the network. */
export interface Door { door: string; host: string; port: number; reach: "machine" | "network"; }

export interface EarlierResult { at: string; events: number; clusters: number; bandwidth: number; }

export interface FeatureInfo { name: string; unit: string; }

/** A node at a glance; times in µs since 1970 UTC. `presence` is up, late, down, off, pending or retired, `since` when, and `why` says more where there is more to say. `at` is when it was heard last, `period` how often it speaks (µs), null where that is not known; what is older than three periods is not as it is now. `numbers` are the worst of each kind, never a mean: cpu, memory, swap, disk, temperature, load, failed (services), battery, clock (seconds that the hub's is ahead), uptime (seconds), watched (0: something that should run does not), reboot. `spark` are the last values of the series `drawn`, null for a gap: the processor's, or the first thing that a board tells. What tells none of these numbers has its `newest` values here instead. */
export interface FleetRow { name: string; kind: string; state: string; presence: string; since: number; why: string; os: string; agent: string; tags: Record<string, string>; code: string; allows: Record<string, boolean> | null; at: number | null; period: number | null; status: "up" | "warn" | "down" | "off" | "pending" | "unknown"; problems: Problem[]; numbers: Record<string, number | WorstOf | null>; spark: (number | null)[]; drawn: number | null; newest: Headline[]; series: number; log: LastLog | null; }

/** `counts` are of the nodes by `status`. What comes after `cursor` is told over the live connection; `now` is the hub's clock. */
export interface FleetView { nodes: FleetRow[]; counts: Record<string, number>; cursor: number; now: number; }

export interface FoldedAnswer { nodes: string; count: number; state: string; exit: number | null; signal: number | null; reason: string; out: string; err: string; out_line: string; err_line: string; differs: boolean; }

/** The most frequent answer first. */
export interface FoldedAnswers { name: string; answers: wacket_api_class_answers_Answers[]; others: NoAnswer[]; }

/** `kind` is away (the node was not connected: `lines` came later, or are still to come while `came` is null), thinned (the node had no room any more: of that time only a part came) or lost. Each line counts in one gap only. An absence without lines: nothing was measured, or none of it came. */
export interface GapInfo { stream: string; kind: string; since: string; until: string | null; lines: number; came: string | null; }

/** What an acknowledgement means here, what is known to weaken it now, and what would without the hub's noticing. */
export interface Guarantee { acknowledged: string; file_system: string; weakened_now: string[]; would_weaken: string[]; }

/** `units`: by name of a series, what it may be in. Nothing is stored of it. */
export interface Guess { units: Record<string, string>; }

export interface HTTPValidationError { detail?: ValidationError[]; }

/** A series and its newest value. */
export interface Headline { id: number; name: string; labels: Record<string, string>; unit: string; value: number | null; at: number; }

/** Either `people`, or `text`: a line for each, NAME or NAME,NODE or NAME,NODE,SEAT. With `class` they are taken into that class too. The links work for `hours`. */
export interface Import { people?: Newcomer[]; text?: string; class?: string; hours?: number; }

/** `made` is false for who had an account as a student already; they get a new link. `why` says who gets none. */
export interface Imported { name: string; ok: boolean; made: boolean; link: string; code: string; expires: string | null; why: string; }

/** The links are shown this once. */
export interface ImportedAll { people: Imported[]; }

/** Newest first. `before` asks for the next page; null when there is none. */
export interface JobList { jobs: (Record<string, unknown>)[]; before: number | null; }

/** A join token without its secret. `trouble` says why nobody can join with it any more. */
export interface JoinTokenInfo { id: number; tags: Record<string, string>; accept: boolean; uses: number; used: number; created: string; expires: string; revoked: string | null; created_by: string; trouble: string; }

export interface JoinTokenList { tokens: JoinTokenInfo[]; }

/** A file that the hub has now. */
export interface Kept { sha256: string; size: number; }

/** The link is not shown again. `token` is its number in the list of tokens, where it is revoked. */
export interface KioskLink { link: string; token: number; name: string; expires: string; }

export interface KioskSecret { secret: string; }

/** The last warning or worse of the last hour, its text cut to 200 characters. */
export interface LastLog { at: number; severity: number; body: string; }

/** What a link is good for, and whose it is if it signs somebody in. */
export interface LinkInfo { kind: "set-up" | "sign-in"; name: string; expires: string; }

/** The code; a set-up link also wants the name and password of the admin that it makes. */
export interface LinkUse { code: string; name?: string | null; password?: string | null; }

/** `severity` is OpenTelemetry's number, 1 to 24. `attrs` is what came with the text, as an object. */
export interface LogLine { id: number; at: string; node: string; source: string; severity: number; severity_text: string; body: string; attrs: unknown; }

/** `cursor` gives the next page in the same order; null at the end. `older` and `newer` give the pages before and after in time: `older` is null where there is nothing older, `newer` only where no place is known. */
export interface LogLines { logs: LogLine[]; cursor: string | null; older: string | null; newer: string | null; }

/** What a machine says of itself, through its agent; the hub says it of its own. */
export interface MachineInfo { host: string; system: string; arch: string; python: string; accounts: string[]; slots: number; joined: string; copy_seen: CopyInfo | null; }

/** A job just made. `waiting` are those of its nodes that are not there now. */
export interface MadeJob { id: number; nodes: string[]; waiting: string[]; left_out: wacket_api_job_shapes_LeftOut[]; }

/** Who the hub takes the caller for. `kind` is owner, person or token; `role` is a person's. `classes` are those that they are in. */
export interface Me { name: string; kind: string; role: string; rights: string[]; classes?: string[]; }

/** A node that would get it, and its state now. */
export interface Meant { node: string; state: string; }

/** `into` is the node that goes on, under its name. */
export interface MergeWish { into: string; }

/** `count` is how many names fit, also beyond `limit`. `unit` is what most series of that name have, `labels` tell them apart, `example` is one of them. */
export interface Names { names: SeriesName[]; count: number; }

/** Roles: admin may do everything; operator reads and acts; viewer reads; student sees what is theirs. */
export interface NewAccount { name: string; role: "admin" | "operator" | "viewer" | "student"; password: string; }

/** A name, and who is in it. */
export interface NewClass { members?: NewMember[]; name: string; }

/** What is to be done. `program` is the text of a Python program, `stdin` is Base64; `timeout` and `expires` are seconds, from the beginning and until it. */
export interface NewJob { target: string; kind?: "exec" | "python" | "ping"; argv?: string[]; program?: string; args?: string[]; env?: Record<string, string>; cwd?: string; stdin?: string; user?: string; timeout?: number; expires?: number; files?: SentFile[]; bring?: string[]; names?: string[]; }

/** With `accept` such machines need nobody's acceptance. `hub_url` is where they find the hub. */
export interface NewJoinToken { tags?: Record<string, string>; uses?: number; hours?: number; accept?: boolean; hub_url?: string | null; }

/** A join token just made. `token` and `line`, which has it, are not shown again. `reach` says who can reach the hub by the line: `machine` is this machine only, because the hub listens to nobody else. */
export interface NewJoinTokenInfo { id: number; tags: Record<string, string>; accept: boolean; uses: number; used: number; created: string; expires: string; revoked: string | null; created_by: string; trouble: string; token: string; line: string; reach: "machine" | "network"; }

/** How long the link holds, unless its token is revoked sooner. */
export interface NewKiosk { days?: number; }

/** `node` is the node whose agent is their hardware; without one a worker polls `/hw_supervisor` for them. `seat` is where they sit; without it, it stays. */
export interface NewMember { user: string; node?: string | null; seat?: string | null; }

/** People to take into a class, or to give other hardware. */
export interface NewMembers { members: NewMember[]; }

/** A node that is known before it speaks. */
export interface NewNode { name: string; kind?: "machine" | "board" | "service" | "virtual"; }

/** Times as in questions: ISO-8601, seconds since 1970, a time ago such as 5m, or now. */
export interface NewNote { text: string; at?: string; until?: string | null; node?: string | null; match?: string; }

/** `language` is python (a job of kind `python`) or sh (one of kind `exec` with `["sh", "-c", text]`). */
export interface NewProgram { name: string; language?: "python" | "sh"; text: string; }

/** A Python program for a class, for one of it (`class` and `user`), or for one person (`user` alone). `check` is a Python program that reads an answer as JSON from standard input and prints its verdict. */
export interface NewRound { class?: string; user?: string; program: string; timeout?: number; check?: string; }

/** What `job` asks for, or what the job with the number `repeats` did: at a time, every so many seconds, or both, where `at` is the first time. */
export interface NewSchedule { job?: NewJob | null; repeats?: number | null; every?: number | null; at?: string | null; }

/** `at` and `value` are of the newest reading. */
export interface NewSeries { name: string; labels: Record<string, string>; unit: string; value: number | null; at: string | null; }

/** `admin` includes all other scopes. `node` binds a sending token to one node's name. */
export interface NewToken { name: string; scopes: ("ingest" | "read" | "operate" | "admin")[]; node?: string; expires?: string | null; days?: number | null; }

/** A token just made. `secret` is not shown again. */
export interface NewTokenInfo { id: number; name: string; scopes: string[]; node: string; created: string; expires: string | null; revoked: string | null; last_used: string | null; created_by: string; secret: string; }

/** A shared view is there for everybody who may read; making one takes the right `operate`. */
export interface NewView { name: string; page: string; search?: string; shared?: boolean; }

/** `node` and `seat` are for the class. */
export interface Newcomer { name: string; node?: string | null; seat?: string | null; }

/** Clusters are computed when `missing` more events came; `about` is when that will be if they go on coming as they did, null where nobody can know. `computing`: just now. `why` says all that in words. */
export interface Next { every: number; pending: number; missing: number; about: string | null; computing: boolean; why: string; }

/** Those of whom no answer counts now, by the word for how they stand. */
export interface NoAnswer { word: string; users: string[]; seats: string[]; }

/** What is left out stays. `tags` replaces all tags. */
export interface NodeChange { name?: string | null; tags?: Record<string, string> | null; state?: "adopted" | "pending" | "retired" | null; }

/** Anything that talks to the hub. A `pending` one is kept apart until somebody adopts it. `presence` is up, late, down, off, pending or retired, `since` when, and `why` says more where there is more to say. `code` is what people compare with what the machine shows. `allows` is set on the machine, and the hub cannot change it. `agent` is the version of its agent; what has none has "" there, and `allows` is null, and so is `machine`, but for the hub itself. */
export interface NodeInfo { id: number; name: string; kind: string; state: string; tags: Record<string, string>; first_seen: string; last_seen: string; last_peer: string; presence: string; since: string; why: string; code: string; os: string; agent: string; allows: Record<string, boolean> | null; machine: MachineInfo | null; }

export interface NodeList { nodes: NodeInfo[]; }

/** What is left out stays; an `until` or `node` of null takes it away. */
export interface NoteChange { text?: string | null; at?: string | null; until?: string | null; node?: string | null; match?: string | null; }

/** A note of a moment, or until `until`; of one node, or (null) of the whole place. `match` is a glob over NODE/NAME: the series that it is about, empty for all. */
export interface NoteInfo { id: number; at: string; until: string | null; text: string; node: string | null; match: string; author: string; created: string; }

/** In order of time. `more` says that older ones in the range were left out. */
export interface NoteList { notes: NoteInfo[]; more: boolean; }

export interface OneLine { id: number; at: string; node: string; source: string; severity: number; severity_text: string; body: string; attrs: unknown; }

/** The address to open, and until when; `code` is its last part. */
export interface OneTimeLink { link: string; code: string; expires: string; }

/** What became of one node; `why` says why nothing did. */
export interface Outcome { name: string; ok: boolean; why?: string; }

/** How one person's hardware stands, with whole texts. `classes` are those that they are in; `own` says that they asked it themselves, so that they may take it back. `waits` is empty, `board` (it is not connected, or its worker has not come for the program yet) or `queue`: then `before` other programs go first. */
export interface OwnHardware { user: string; state: number; hw_command: string; hw_response: string; server_analysis: string; time: string; hw_err: string; hw_exit: number | null; timeout: number; stuck: boolean; judge: string; node: string; seat: string; presence: string; word: string; since: number; stuck_since: number | null; answer: string; error: string; verdict: string; round: number | null; moves: number; classes: string[]; own: boolean; waits: string; before: number; }

/** A Python program, and the seconds that it may take. */
export interface OwnRequest { program: string; timeout?: number; }

/** What the copy is told to do, or will be when it comes again. */
export interface Parted { node: string; host: string; tags: Record<string, string>; }

/** The newest first. `more` counts those that are not shown. */
export interface Pending { machines: PendingMachine[]; devices: PendingDevice[]; more: number; }

/** It began to send by itself. `lines` counts what came since the hub started, `sample` has the last few. */
export interface PendingDevice { name: string; peer: string; first_seen: string; last_seen: string; lines: number; sample: string[]; series: NewSeries[]; guess: Guess; }

/** It has an agent. `code` is what people compare with what it shows, `token` the number of its join token. */
export interface PendingMachine { name: string; code: string; host: string; os: string; system: string; peer: string; since: string; tags: Record<string, string>; token: number | null; why: string; }

/** What is left out stays. */
export interface PlaceChange { name?: string | null; kind?: "class" | "demo room" | "home" | "office" | "research" | "workshop" | "other" | null; first_run?: string | null; }

/** `first_run` is the step at which the guide of the first run goes on, or `done`. */
export interface PlaceInfo { name: string; kind: "class" | "demo room" | "home" | "office" | "research" | "workshop" | "other"; first_run: string; }

/** A JSON object of up to 16 KiB. */
export type Preferences = Record<string, unknown>;

/** Whom a job would reach. `left_out` names at most 200 of `left_out_count`, `reasons` speaks of all of them. */
export interface Preview { count: number; nodes: Meant[]; left_out: wacket_api_job_shapes_LeftOut[]; left_out_count: number; reasons: Reason[]; }

/** `word` is the short form of `text`; `series` is the number of the series that shows it, where one does. */
export interface Problem { level: "warn" | "down"; word: string; text: string; series: number | null; }

/** `author` is who changed it last. */
export interface ProgramInfo { name: string; language?: "python" | "sh"; text: string; id: number; author: string; changed: string; }

export interface ProgramList { programs: ProgramInfo[]; }

export interface Question { sql: string; limit?: number; }

/** Nodes, their names folded, that get nothing for the same reason. */
export interface Reason { why: string; count: number; nodes: string; }

/** `count` is of frames: lines or bodies. `last` is when the newest came, `reason` what was wrong with it. */
export interface RejectCount { node: string; format: string; count: number; last: string; reason: string; }

/** The most frequent first, at most 500; `total` is of these. */
export interface RejectCounts { total: number; rejects: RejectCount[]; }

/** What could not be understood: `body` is how it began, `attrs` says why, and how it came. */
export interface Rejects { logs: LogLine[]; cursor: string | null; older: string | null; newer: string | null; }

/** Everywhere that its target means now, or where it did not succeed. */
export interface RepeatJob { only?: "" | "failed"; }

/** `by` is the node that the machine became when it joined again. */
export interface Replacement { by: string; }

export interface ResetDone { users: string[]; }

export interface ResetWish { stuck?: boolean; }

/** `waiting` is null where the next start changes nothing. */
export interface RestoreState { waiting: WaitingRestore | null; }

/** Who was asked, and why others were not. */
export interface RoundInfo { id: number; users: string[]; left_out: wacket_api_rounds_LeftOut[]; }

/** `match` is a glob over NODE/NAME (over NAME if it has no slash); days of 0 mean for ever. */
export interface RuleInfo { match: string; readings_days: number; rollup_days: number; }

/** The first rule that fits a series holds for it; for all others the settings hold. */
export interface RuleList { rules: RuleInfo[]; }

/** Only those that have all of this in common. */
export interface Same { subnet?: string; since?: string; kind?: "machine" | "device" | null; token?: number | null; }

/** One schedule. `next` is null when it is over; `trouble` says why nothing was done the last time. */
export interface ScheduleInfo { id: number; author: string; target: string; job: Record<string, unknown>; created: string; every: number | null; next: string | null; last: string | null; last_job: number | null; trouble: string; }

export interface ScheduleList { schedules: ScheduleInfo[]; }

/** A file that is put into the working folder first; the hub has it by PUT /api/v1/blobs/{sha256}. */
export interface SentFile { name: string; sha256: string; size: number; mode?: number; }

/** A series and its newest reading; `at` and `value` are null where there is none. `period` is how often it speaks (µs), null where that is not known or differs too much: what is older than three periods is not as it is now. */
export interface SeriesInfo { id: number; node: string; name: string; labels: Record<string, string>; unit: string; adopted: boolean; at: string | null; value: number | null; period: number | null; }

export interface SeriesList { series: SeriesInfo[]; }

export interface SeriesName { name: string; unit: string; series: number; nodes: number; labels: string[]; example: SeriesSample | null; }

export interface SeriesSample { id: number; node: string; name: string; labels: Record<string, string>; unit: string; }

export interface SeriesSummary { id: number; node: string; name: string; labels: Record<string, string>; unit: string; count: number; min: number | null; max: number | null; mean: number | null; p95: number | null; first: number | null; last: number | null; first_at: number | null; last_at: number | null; gaps: number | null; integral: number | null; covered: number | null; }

/** `points` are [µs since 1970, value] in order of time, or [µs, mean, least, greatest] with `fn=band`; a step without readings has no point. With `layout=columns` there are `at` and `value` (for a band also `min` and `max`) instead: as many digits as one can see, and a null where values are missing for more than three times the usual distance. */
export interface SeriesValues { id: number; node: string; name: string; labels: Record<string, string>; unit: string; points?: ((number | null)[])[] | null; at?: number[] | null; value?: (number | null)[] | null; min?: (number | null)[] | null; max?: (number | null)[] | null; }

/** `source` is default, file, environment or command line: who said `value`. `variable` is its name in the environment. */
export interface SettingInfo { section: string; name: string; value: boolean | number | string; default: boolean | number | string; meaning: string; source: string; variable: string; }

/** `file` is the name of the file in the data folder that says settings. */
export interface SettingList { file: string; settings: SettingInfo[]; }

/** Who is signed in now, and where the hub is. */
export interface SetupAnswer { name: string; role: string; address: string; }

/** Who is to sign in. */
export interface SignInFor { name: string; }

/** `of` says what the numbers were made of: `readings`, or with many readings the roll-ups `1m`, `1h` or `1d`; then the range is widened to whole ones, `p95` is of their means, and gaps within one are not seen. All but `count` is null where a series has no readings. Times are µs since 1970. A gap is longer than three times the usual distance between readings. `integral` is the value times hours (of W it is Wh) but for gaps; `covered` is how many µs it speaks of. */
export interface Summary { since_us: number; until_us: number; of: string; series: SeriesSummary[]; }

/** Other tags stay. */
export interface TagChange { add?: Record<string, string>; remove?: string[]; }

/** A token without its secret. Times are null for never. */
export interface TokenInfo { id: number; name: string; scopes: string[]; node: string; created: string; expires: string | null; revoked: string | null; last_used: string | null; created_by: string; }

export interface TokenList { tokens: TokenInfo[]; }

/** From state `before` to `after`; `value` is what the command carried. */
export interface Transition { id: number; at: string; command: string; before: number; after: number; value: string; peer: string; }

export interface ValidationError { loc: (string | number)[]; msg: string; type: string; input?: unknown; ctx?: Record<string, unknown>; }

/** `step_us` is the length of a step in µs, 0 where every reading is given; `begin_us` is where the first begins. */
export interface Values { step_us: number; begin_us: number; shift_us: number; series: SeriesValues[]; }

/** One sentence for each thing that is damaged, known before or found now. */
export interface Verified { damage: string[]; }

/** `search` is the query of the page's address. `own` is true of the caller's, whether shared or not. */
export interface ViewInfo { id: number; name: string; page: string; search: string; shared: boolean; own: boolean; author: string; changed: string; }

export interface ViewList { views: ViewInfo[]; }

/** What takes place at the next start. `replaces` are the entries of the data folder that are moved into `kept_as` then. `left_out` counts files that were not in the backup as they should be when it was made. */
export interface WaitingRestore { made: string; host: string; wacket: string; files: number; bytes: number; replaces: string[]; kept_as: string; left_out: number; next: string; }

/** The record of a job. Times of its nodes are µs since 1970. */
export interface WholeJob { id: number; nodes: (Record<string, unknown>)[]; left_out: wacket_api_job_shapes_LeftOut[]; }

/** `verdict` is one sentence with the next step; `last_logs` are the newest lines, the newest first. */
export interface Why { checks: CheckInfo[]; verdict: string; last_logs: LogLine[]; }

/** The worst of `count` values: that of `of`. */
export interface WorstOf { value: number | null; of: string; count: number; }

/** Those who answered the same: standard output, standard error and exit code are equal. Of long texts there is the beginning, and `cut` says so. `verdicts` are the analyses, each with how many got it. */
export interface wacket_api_class_answers_Answers { count: number; users: string[]; seats: string[]; answer: string; error: string; exit: number | null; cut: boolean; verdicts: Record<string, number>; }

/** Equal answers together, the most frequent first. `out` and `err` have at most 64 KiB here; `out_line` and `err_line` are the first line of each that says something. `differs`: ended otherwise than most. */
export interface wacket_api_job_output_Answers { answers: FoldedAnswer[]; }

/** A node that somebody may have meant, and why it gets nothing. */
export interface wacket_api_job_shapes_LeftOut { node: string; why: string; }

export interface wacket_api_rounds_LeftOut { user: string; why: string; }

export interface Routes {
  "GET /agent/install.sh": { answer: string; };
  "GET /agent/wacket-agent.pyz": { answer: string; };
  "GET /agent/wacket-agent.pyz.sha256": { answer: string; };
  "GET /api/v1/about": { answer: About; };
  "GET /api/v1/audit": { query: { limit?: number; before?: number | null; find?: string; outcome?: "ok" | "refused" | null; }; answer: ActPage; };
  "GET /api/v1/backup": { answer: string; };
  "PUT /api/v1/blobs/{sha256}": { path: { sha256: string; }; body: string; answer: Kept; };
  "GET /api/v1/class": { query: { limit?: number; after?: string; user?: string | null; }; answer: ClassList; };
  "GET /api/v1/class/{user}": { path: { user: string; }; answer: OwnHardware; };
  "POST /api/v1/class/{user}/analysis": { path: { user: string; }; body: Analysis; answer: ClassUser; };
  "GET /api/v1/class/{user}/history": { path: { user: string; }; query: { limit?: number; before?: number | null; }; answer: ClassHistory; };
  "POST /api/v1/class/{user}/request": { path: { user: string; }; body: OwnRequest; answer: OwnHardware; };
  "POST /api/v1/class/{user}/reset": { path: { user: string; }; answer: ClassUser; };
  "GET /api/v1/classes": { answer: ClassInfos; };
  "POST /api/v1/classes": { body: NewClass; answer: ClassInfo; };
  "DELETE /api/v1/classes/{name}": { path: { name: string; }; answer: undefined; };
  "GET /api/v1/classes/{name}": { path: { name: string; }; query: { texts?: boolean; }; answer: ClassMembers; };
  "POST /api/v1/classes/{name}/analysis": { path: { name: string; }; body: Analysis; answer: ResetDone; };
  "GET /api/v1/classes/{name}/answers": { path: { name: string; }; query: { after?: string; }; answer: ClassMembers; };
  "GET /api/v1/classes/{name}/folded": { path: { name: string; }; answer: FoldedAnswers; };
  "PUT /api/v1/classes/{name}/members": { path: { name: string; }; body: NewMembers; answer: ClassInfo; };
  "DELETE /api/v1/classes/{name}/members": { path: { name: string; }; query: { user: string[]; }; answer: ClassInfo; };
  "POST /api/v1/classes/{name}/reset": { path: { name: string; }; body: ResetWish; answer: ResetDone; };
  "GET /api/v1/clusters": { answer: ClustersNow; };
  "POST /api/v1/clusters/compute": { answer: Clustering; };
  "GET /api/v1/clusters/points": { query: { x?: string; y?: string; limit?: number; }; answer: ClusterPoints; };
  "GET /api/v1/export/logs": { query: { format?: "csv" | "ndjson" | "parquet"; severity?: string; source?: string; hide?: string[]; find?: string; exact?: boolean; regex?: string; node?: string[]; target?: string; since?: string; until?: string; }; answer: string; };
  "GET /api/v1/export/readings": { query: { since?: string; until?: string; step?: string; fn?: string; format?: "csv" | "ndjson" | "parquet"; match?: string[]; id?: number[]; node?: string | null; target?: string; }; answer: string; };
  "GET /api/v1/fleet": { query: { retired?: boolean; }; answer: FleetView; };
  "GET /api/v1/formats": { answer: Record<string, (Record<string, string>)[]>; };
  "GET /api/v1/health": { answer: Record<string, unknown>; };
  "POST /api/v1/ingest/{name}": { path: { name: string; }; body: string; answer: unknown; };
  "GET /api/v1/jobs": { query: { find?: string; actor?: string; state?: string; node?: string; since?: string; limit?: number; before?: number | null; }; answer: JobList; };
  "POST /api/v1/jobs": { body: NewJob; answer: MadeJob; };
  "POST /api/v1/jobs/preview": { body: NewJob; answer: Preview; };
  "GET /api/v1/jobs/{job}": { path: { job: number; }; answer: WholeJob; };
  "GET /api/v1/jobs/{job}/answers": { path: { job: number; }; answer: wacket_api_job_output_Answers; };
  "POST /api/v1/jobs/{job}/cancel": { path: { job: number; }; body: CancelJob; answer: Cancelled; };
  "GET /api/v1/jobs/{job}/events": { path: { job: number; }; answer: string; };
  "GET /api/v1/jobs/{job}/files/{node}/{name}": { path: { job: number; node: string; name: string; }; answer: string; };
  "GET /api/v1/jobs/{job}/output/{node}": { path: { job: number; node: string; }; query: { stream?: "out" | "err" | "both"; }; answer: string; };
  "POST /api/v1/jobs/{job}/repeat": { path: { job: number; }; body: RepeatJob; answer: MadeJob; };
  "GET /api/v1/join-tokens": { answer: JoinTokenList; };
  "POST /api/v1/join-tokens": { body: NewJoinToken; answer: NewJoinTokenInfo; };
  "DELETE /api/v1/join-tokens/{token_id}": { path: { token_id: number; }; answer: undefined; };
  "POST /api/v1/kiosk-session": { body: KioskSecret; answer: Me; };
  "POST /api/v1/login": { body: Credentials; answer: Me; };
  "POST /api/v1/logout": { answer: undefined; };
  "GET /api/v1/logs": { query: { limit?: number; cursor?: string; order?: "desc" | "asc"; severity?: string; source?: string; hide?: string[]; find?: string; exact?: boolean; regex?: string; node?: string[]; target?: string; since?: string; until?: string; }; answer: LogLines; };
  "GET /api/v1/logs/histogram": { query: { buckets?: number; severity?: string; source?: string; hide?: string[]; find?: string; exact?: boolean; regex?: string; node?: string[]; target?: string; since?: string; until?: string; }; answer: Buckets; };
  "GET /api/v1/logs/{id}": { path: { id: number; }; answer: OneLine; };
  "GET /api/v1/logs/{id}/context": { path: { id: number; }; query: { before?: number; after?: number; same?: "node" | "all"; }; answer: Context; };
  "GET /api/v1/me": { answer: Me; };
  "GET /api/v1/me/preferences": { answer: Preferences; };
  "PUT /api/v1/me/preferences": { body: Preferences; answer: Preferences; };
  "GET /api/v1/nodes": { answer: NodeList; };
  "POST /api/v1/nodes": { body: NewNode; answer: NodeInfo; };
  "POST /api/v1/nodes/bulk": { body: BulkChange; answer: Changed; };
  "GET /api/v1/nodes/{name}": { path: { name: string; }; answer: NodeInfo; };
  "PATCH /api/v1/nodes/{name}": { path: { name: string; }; body: NodeChange; answer: NodeInfo; };
  "POST /api/v1/nodes/{name}/alive": { path: { name: string; }; answer: undefined; };
  "GET /api/v1/nodes/{name}/completeness": { path: { name: string; }; answer: CompletenessInfo; };
  "POST /api/v1/nodes/{name}/merge": { path: { name: string; }; body: MergeWish; answer: NodeInfo; };
  "POST /api/v1/nodes/{name}/replace": { path: { name: string; }; body: Replacement; answer: NodeInfo; };
  "POST /api/v1/nodes/{name}/split": { path: { name: string; }; answer: Parted; };
  "GET /api/v1/nodes/{name}/why": { path: { name: string; }; answer: Why; };
  "GET /api/v1/notes": { query: { since?: string; until?: string; node?: string | null; limit?: number; }; answer: NoteList; };
  "POST /api/v1/notes": { body: NewNote; answer: NoteInfo; };
  "PATCH /api/v1/notes/{note_id}": { path: { note_id: number; }; body: NoteChange; answer: NoteInfo; };
  "DELETE /api/v1/notes/{note_id}": { path: { note_id: number; }; answer: undefined; };
  "GET /api/v1/pending": { query: { limit?: number; }; answer: Pending; };
  "POST /api/v1/pending/accept": { body: Choice; answer: Decided; };
  "POST /api/v1/pending/refuse": { body: Choice; answer: Decided; };
  "GET /api/v1/people": { answer: Accounts; };
  "POST /api/v1/people": { body: NewAccount; answer: Account; };
  "POST /api/v1/people/import": { body: Import; answer: ImportedAll; };
  "PATCH /api/v1/people/{name}": { path: { name: string; }; body: AccountChange; answer: Account; };
  "DELETE /api/v1/people/{name}": { path: { name: string; }; answer: undefined; };
  "GET /api/v1/place": { answer: PlaceInfo; };
  "PUT /api/v1/place": { body: PlaceChange; answer: PlaceInfo; };
  "GET /api/v1/programs": { query: { find?: string; }; answer: ProgramList; };
  "POST /api/v1/programs": { body: NewProgram; answer: ProgramInfo; };
  "GET /api/v1/programs/{program_id}": { path: { program_id: number; }; answer: ProgramInfo; };
  "PUT /api/v1/programs/{program_id}": { path: { program_id: number; }; body: NewProgram; answer: ProgramInfo; };
  "DELETE /api/v1/programs/{program_id}": { path: { program_id: number; }; answer: undefined; };
  "GET /api/v1/rejects": { query: { limit?: number; cursor?: string; order?: "desc" | "asc"; find?: string; exact?: boolean; regex?: string; node?: string[]; target?: string; since?: string; until?: string; }; answer: Rejects; };
  "GET /api/v1/rejects/counts": { query: { since?: string; until?: string; }; answer: RejectCounts; };
  "GET /api/v1/restore": { answer: RestoreState; };
  "POST /api/v1/restore": { body: string; answer: WaitingRestore; };
  "DELETE /api/v1/restore": { answer: undefined; };
  "GET /api/v1/retention": { answer: RuleList; };
  "PUT /api/v1/retention": { body: RuleList; answer: RuleList; };
  "POST /api/v1/rounds": { body: NewRound; answer: RoundInfo; };
  "GET /api/v1/schedules": { answer: ScheduleList; };
  "POST /api/v1/schedules": { body: NewSchedule; answer: ScheduleInfo; };
  "DELETE /api/v1/schedules/{schedule}": { path: { schedule: number; }; answer: undefined; };
  "GET /api/v1/series": { query: { limit?: number; match?: string[]; id?: number[]; node?: string | null; target?: string; }; answer: SeriesList; };
  "GET /api/v1/series/names": { query: { find?: string; limit?: number; }; answer: Names; };
  "GET /api/v1/series/summary": { query: { since?: string; until?: string; match?: string[]; id?: number[]; node?: string | null; target?: string; }; answer: Summary; };
  "GET /api/v1/series/values": { query: { since?: string; until?: string; step?: string; fn?: string; shift?: string; layout?: "points" | "columns"; match?: string[]; id?: number[]; node?: string | null; target?: string; }; answer: Values; };
  "GET /api/v1/settings": { answer: SettingList; };
  "POST /api/v1/setup": { body: LinkUse; answer: SetupAnswer; };
  "POST /api/v1/setup-links": { answer: OneTimeLink; };
  "GET /api/v1/setup-links/{code}": { path: { code: string; }; answer: LinkInfo; };
  "POST /api/v1/sign-in-links": { body: SignInFor; answer: OneTimeLink; };
  "POST /api/v1/sql": { body: Question; answer: Answer; };
  "GET /api/v1/tokens": { answer: TokenList; };
  "POST /api/v1/tokens": { body: NewToken; answer: NewTokenInfo; };
  "DELETE /api/v1/tokens/{token_id}": { path: { token_id: number; }; answer: undefined; };
  "POST /api/v1/verify": { answer: Verified; };
  "GET /api/v1/views": { answer: ViewList; };
  "POST /api/v1/views": { body: NewView; answer: ViewInfo; };
  "GET /api/v1/views/{view_id}": { path: { view_id: number; }; answer: ViewInfo; };
  "PUT /api/v1/views/{view_id}": { path: { view_id: number; }; body: NewView; answer: ViewInfo; };
  "DELETE /api/v1/views/{view_id}": { path: { view_id: number; }; answer: undefined; };
  "POST /api/v1/views/{view_id}/kiosk": { path: { view_id: number; }; body: NewKiosk; answer: KioskLink; };
  "POST /api/v2/write": { body: string; answer: undefined; };
  "GET /clusters/summary": { answer: unknown; };
  "GET /health": { answer: unknown; };
  "GET /hw_supervisor": { query: { user: string; command: string; pword?: string; }; answer: unknown; };
  "POST /hw_supervisor": { body: string; answer: unknown; };
  "POST /log/parse": { body: string; answer: unknown; };
  "POST /log/store": { body: string; answer: unknown; };
  "GET /metrics": { answer: string; };
  "GET /ping": { answer: undefined; };
  "HEAD /ping": { answer: undefined; };
  "GET /query": { answer: unknown; };
  "POST /query": { answer: unknown; };
  "POST /write": { body: string; answer: undefined; };
}
