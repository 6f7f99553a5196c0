package main

import (
	"errors"
	"fmt"
	"os"

	"skein/adapters/eventnode"
)

// usersVariable can hold the users of the event node. There is no flag for them, for
// everybody on the machine can see how a process was started.
const usersVariable = "SKEIN_NODE_USERS"

// users are those who may use the node.
func (cmd nodeServe) users() (eventnode.Users, error) {
	text := os.Getenv(usersVariable)
	if cmd.Users == "" && text == "" {
		return eventnode.Users{}, nil
	}
	if cmd.Users != "" && text != "" {
		return eventnode.Users{}, errors.New("users are given twice: either in a file or in " + usersVariable)
	}
	if cmd.Users != "" {
		open, err := othersRead(cmd.Users)
		if err != nil {
			return eventnode.Users{}, fmt.Errorf("users of the event node: %w", err)
		}
		if open {
			return eventnode.Users{}, fmt.Errorf("others can read the passwords in %s: chmod 600 it, and change them", cmd.Users)
		}
		read, err := os.ReadFile(cmd.Users)
		if err != nil {
			return eventnode.Users{}, fmt.Errorf("users of the event node: %w", err)
		}
		text = string(read)
	}
	users, err := eventnode.ParseUsers(text)
	if err != nil {
		return eventnode.Users{}, fmt.Errorf("users of the event node: %w", err)
	}
	return users, nil
}

// othersRead reports whether others than its owner can open a file.
func othersRead(path string) (bool, error) {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o077 != 0, err
}
