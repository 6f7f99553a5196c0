package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows how far long work has come, where somebody is looking.
type bar struct {
	shown *progressbar.ProgressBar
}

// bar is a bar for work of the given extent; -1 if nobody knows.
func (s *settings) bar(extent int64, about string) bar {
	file, ok := s.err.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return bar{}
	}
	return bar{progressbar.NewOptions64(extent,
		progressbar.OptionSetWriter(file), progressbar.OptionSetDescription(about),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))}
}

// of says how much there is, if that has changed.
func (b bar) of(extent int64) {
	if b.shown != nil && b.shown.GetMax64() != extent {
		b.shown.ChangeMax64(extent)
	}
}

func (b bar) reach(at int64) {
	if b.shown != nil {
		_ = b.shown.Set64(min(at, b.shown.GetMax64()))
	}
}

func (b bar) done() {
	if b.shown != nil {
		_ = b.shown.Finish()
	}
}
