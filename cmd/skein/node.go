package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"skein/adapters/eventnode"
)

// node is the event node alone, and what an operator does with its folder.
type node struct {
	Folder string `env:"SKEIN_NODE_FOLDER" type:"path" placeholder:"DIR" help:"Folder of the node. Not set: journal in the data folder."`

	Serve    nodeServe    `cmd:"" name:"run" default:"withargs" help:"Run the event node alone, for EVENTSTORE of other processes."`
	Scavenge nodeScavenge `cmd:"" help:"Remove for good what deleted, tombstoned and truncated streams do not show any more."`
	Backup   nodeBackup   `cmd:"" help:"Copy the store as it is now into a new folder, from which a node can go on."`
	Verify   nodeVerify   `cmd:"" help:"Read everything and check its checksums, its order and its indexes."`
	Export   nodeExport   `cmd:"" help:"Write all events as newline-delimited JSON."`
	Import   nodeImport   `cmd:"" help:"Add the events of an export, as they were. Not while a node runs in the folder."`
	Copy     nodeCopy     `cmd:"" help:"Copy all events to another store: from a folder to a cluster, back, or elsewhere."`
}

// folder is where the node's store lies.
func (n *node) folder(s *settings) string {
	if n.Folder != "" {
		return n.Folder
	}
	return s.journal()
}

// operator works on a node's folder, whether a node runs there or not.
type operator interface {
	Scavenge(ctx context.Context) (eventnode.Scavenged, error)
	Backup(ctx context.Context, dir string) (eventnode.BackedUp, error)
	Verify(ctx context.Context) (eventnode.Report, error)
	Export(ctx context.Context, w io.Writer) error
	Close() error
}

// operate does some work through the node that runs in the folder, or on the store
// itself if none runs.
func (n *node) operate(ctx context.Context, s *settings, work func(operator) error) (err error) {
	folder := n.folder(s)
	if found, err := eventnode.Exists(folder); err != nil {
		return fmt.Errorf("folder of the event node: %w", err)
	} else if !found {
		return fmt.Errorf("there is no event store in %s: name the data folder with --data, or the node's own with --folder", folder)
	}
	var at operator
	remote, err := eventnode.Reach(ctx, folder)
	defer func() {
		switch {
		case ctx.Err() != nil && errors.Is(err, context.Canceled):
			err = errBrokenOff
		case remote != nil && hungUp(err):
			err = errHungUp
		}
	}()
	switch {
	case err == nil:
		at = remote
	case !errors.Is(err, eventnode.ErrNotRunning):
		return err
	default:
		offline, err := eventnode.Open(eventnode.Config{Dir: folder, Log: s.log()})
		if errors.Is(err, eventnode.ErrInUse) {
			return fmt.Errorf("%w: it is starting, ending, or being worked on; try again in a moment", err)
		}
		if err != nil {
			return err
		}
		at = offline
	}
	return cmp.Or(work(at), at.Close())
}

var (
	// errBrokenOff ends work that somebody has stopped.
	errBrokenOff = errors.New("broken off before the end: the same command can be given again")

	// errHungUp ends work of a node that is not there any more.
	errHungUp = errors.New("the event node did not come to the end: it was stopped, or its log says why; the same command can be given again")
)

// hungUp reports whether a node was asked in vain because it ended, or what ended what it did.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		err != nil && strings.HasSuffix(err.Error(), context.Canceled.Error())
}

// megabytes is a size for people.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
