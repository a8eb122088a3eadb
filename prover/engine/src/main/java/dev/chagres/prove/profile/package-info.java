/// Where the time of a proof goes: phases as they run, work counted from the graph, the time that this work needs at
/// least, and events for JDK Flight Recorder.
package dev.chagres.prove.profile;
