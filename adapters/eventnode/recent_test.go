package eventnode

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever is told and dropped, what is remembered is counted and has a limit.
func TestWhatIsRememberedHasALimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newRecent(10, 100, func(name string, _ int) int { return len(name) })
		var told []string
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				name := strings.Repeat("n", rapid.IntRange(1, 20).Draw(t, "long")) + rapid.StringN(1, 4, -1).Draw(t, "name")
				if _, known := r.get(name); !known {
					r.put(name, len(told))
				}
				told = append(told, name)
			},
			"drop": func(t *rapid.T) {
				if len(told) > 0 {
					r.drop(told[len(told)-1])
					told = told[:len(told)-1]
				}
			},
			"": func(t *rapid.T) {
				bytes := 0
				for name := range r.young {
					bytes += len(name)
				}
				require.Equal(t, bytes, r.bytes)
				require.LessOrEqual(t, bytes, 140)
				require.LessOrEqual(t, len(r.young)+len(r.old), 20)
			},
		})
	})
}
