package androidx.test.runner.lifecycle;

/** Nobody listens to applications here. */
public interface ApplicationLifecycleMonitor {}
