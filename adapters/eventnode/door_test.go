package eventnode

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnAnswerThatNobodyTakesIsGivenUp(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for m := (moving{w, http.NewResponseController(w), 50 * time.Millisecond}); err == nil; {
			_, err = m.Write(make([]byte, 1<<20))
		}
		ended <- err
	}))
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write([]byte("GET / HTTP/1.1\r\nHost: node\r\n\r\n"))
	require.NoError(t, err)
	require.ErrorContains(t, <-ended, "timeout")
}
