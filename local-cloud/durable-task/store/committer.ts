import { GroupCommitter } from "../../shared/commit/group-committer";
import type { HubCommit, TaskHubError, TaskHubStore } from "./task-hub-store";
import { classifyWriteFailure } from "./write-failure";

export interface CommitFailureHandlers {
  /** The commit is retried until it succeeds. */
  readonly onDelayed: (message: string, cause: unknown) => void;
  /** Commits have failed permanently: pending and later commits never resolve. */
  readonly onBroken: (error: TaskHubError) => void;
}

/** Commits to the task hub's store in groups. Retries while the disk is full or the file is in use. */
export class Committer extends GroupCommitter<HubCommit> {
  constructor(store: TaskHubStore, handlers: CommitFailureHandlers) {
    super({
      persist: (commits) => store.commit(commits),
      onFailure: (cause) => {
        const failure = classifyWriteFailure(cause);
        if (failure.isTransient) handlers.onDelayed(failure.message, cause);
        else handlers.onBroken(failure.error);
        return failure.isTransient ? "retry" : "halt";
      },
    });
  }
}
