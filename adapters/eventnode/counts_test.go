package eventnode

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCountingAnAppendAllocatesNothing(t *testing.T) {
	c := newCounts(&Node{})
	require.Zero(t, testing.AllocsPerRun(100, func() {
		c.appended(outcome{verdict: write}, nil, 100, 30_000, time.Millisecond)
	}))
}

func BenchmarkCountingAnAppend(b *testing.B) {
	c := newCounts(&Node{})
	for b.Loop() {
		c.appended(outcome{verdict: write}, nil, 100, 30_000, time.Millisecond)
	}
}
