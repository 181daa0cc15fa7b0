package androidx.test.runner.intent;

/** Nobody listens to intents here. */
public interface IntentMonitor {}
