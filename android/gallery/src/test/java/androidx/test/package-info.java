/**
 * Stand-ins for the few classes of {@code androidx.test:monitor} that Robolectric touches. The library
 * itself is on a repository that not every machine can reach; these are ours, and do just enough for a
 * test that drives an activity by Robolectric's own controllers.
 */
package androidx.test;
