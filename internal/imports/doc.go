// SPDX-License-Identifier: Apache-2.0

// Package imports is the use case of files: CSV and NDJSON of users to make or to
// change, of any length.
//
// It owns how a file is read (splitter, header, cells), how its rows are kept
// until they are done, the worker that does them, and the results file. Each call
// asks the caller's right, and each chunk asks anew whether who began the job
// still has it. It holds no rule about users: every row becomes a request of package provision, which
// decides it and stores its outcome in one transaction. It never has more than a
// few chunks of a file in memory; keys that a file repeats are found by sorting
// on disk.
//
// Package app runs the worker, and joins it to the doors api and portal and to
// the command line.
package imports
