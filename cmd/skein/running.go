package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// running is where the parts of the server that runs in a data folder are, so
// that other subcommands can share them. It is kept in a file that the server
// holds locked for as long as it lives, however it ends.
type running struct {
	Process  int    `json:"process"`
	Journal  string `json:"journal"`
	Database string `json:"database"`

	file *os.File
}

var errRunning = errors.New("another skein serves this data folder already")

// occupy makes this process the server of the data folder.
func occupy(data string) (running, error) {
	if err := os.MkdirAll(data, 0o711); err != nil {
		return running{}, fmt.Errorf("data folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(data, "running.json"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return running{}, fmt.Errorf("data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return running{}, errors.Join(fmt.Errorf("%w: %s", errRunning, data), file.Close())
	}
	return running{Process: os.Getpid(), file: file}, file.Truncate(0)
}

// tell lets other subcommands know where the parts are.
func (r running) tell() error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = r.file.WriteAt(text, 0)
	return err
}

// leave gives the data folder up.
func (r running) leave() error { return r.file.Close() }

// runningIn is the server that runs in the data folder; the zero running if there
// is none.
func runningIn(data string) (r running, err error) {
	file, err := os.Open(filepath.Join(data, "running.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return running{}, nil
	}
	if err != nil {
		return running{}, err
	}
	defer file.Close()
	if syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return running{}, nil // nobody holds it: its writer is gone
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return running{}, err
	}
	if len(text) == 0 {
		return running{}, errors.New("the server of this data folder is just starting: try again in a moment")
	}
	return r, json.Unmarshal(text, &r)
}
