package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
)

// named is a store as it was named: the folder of an event node, or a target.
type named struct{ folder, target string }

// storeNamed is what a name means. A data folder stands for the node in it.
func storeNamed(name string) (named, error) {
	scheme, err := eventstore.Scheme(name)
	if err != nil {
		return named{}, fmt.Errorf("%w, or a folder; if its path has an @, go there and write a dot", err)
	}
	if scheme != "" {
		return named{target: name}, nil
	}
	folder := absolute(name)
	if found, err := eventnode.Exists(folder); err == nil && found || filepath.Base(folder) == "journal" {
		return named{folder: folder}, nil
	}
	return named{folder: filepath.Join(folder, "journal")}, nil
}

// open is a connection to the store. A folder is served for as long as that is open,
// unless a node does so already.
func (n named) open(s *settings) (*eventstore.Connection, func() error, error) {
	target, closeNode := n.target, func() error { return nil }
	if n.folder != "" {
		node, err := eventnode.Start(eventnode.Config{Dir: n.folder, Log: s.log()})
		switch {
		case err == nil:
			target, closeNode = node.Target(), node.Close
		case !errors.Is(err, eventnode.ErrInUse):
			return nil, nil, err
		default:
			if target, err = socketIn(n.folder); err != nil {
				return nil, nil, err
			}
		}
	}
	conn, err := eventstore.Dial(target, s.log())
	if err != nil {
		return nil, nil, errors.Join(err, closeNode())
	}
	return conn, func() error { return errors.Join(conn.Close(), closeNode()) }, nil
}

// socketIn is where the node that has a folder open is reached.
func socketIn(folder string) (string, error) {
	path := filepath.Join(folder, "node.sock")
	if elsewhere, err := os.Readlink(path); err == nil {
		path = elsewhere
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the event node in %s serves on a network address: name its connection string instead", folder)
	}
	return "unix://" + path, nil
}
