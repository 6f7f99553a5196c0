package eventnode

import (
	"bytes"
	"context"
	"io"
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// call is a call that comes from nowhere.
type call struct {
	grpc.ServerStream
	ctx context.Context
}

func (c call) Context() context.Context { return c.ctx }
func (call) SetTrailer(metadata.MD)     {}

// appendCall is a call of Append with requests as they come over the wire.
type appendCall struct {
	call
	requests [][]byte
	taken    []*streams.AppendReq
	answer   *streams.AppendResp
}

func (c *appendCall) Recv() (*streams.AppendReq, error) {
	if len(c.taken) == len(c.requests) {
		return nil, io.EOF
	}
	req := new(streams.AppendReq)
	if err := decoded(c.requests[len(c.taken)], req); err != nil {
		return nil, err
	}
	c.taken = append(c.taken, req)
	return req, nil
}

func (c *appendCall) SendAndClose(answer *streams.AppendResp) error {
	c.answer = answer
	return nil
}

// same sees that what came is in its stream, as the first of what was written there
// after a position.
func (c *appendCall) same(t *testing.T, n *streamsServer, before uint64) {
	t.Helper()
	stream := c.taken[0].GetOptions().GetStreamIdentifier().GetStreamName()
	var written []*streams.ReadResp_ReadEvent_RecordedEvent
	for _, m := range n.all(t, c.ctx, before+1) {
		if e := m.GetEvent().GetEvent(); bytes.Equal(e.GetStreamIdentifier().GetStreamName(), stream) {
			written = append(written, e)
		}
	}
	asked := c.taken[1:]
	if len(written) < len(asked) {
		t.Fatalf("of %d events there are %d", len(asked), len(written))
	}
	for i, req := range asked {
		want, got := req.GetProposedMessage(), written[i]
		id, err := parseID(want.GetId())
		if err != nil || id != structuredID(got.GetId().GetStructured()) {
			t.Fatalf("%v came, and %v is there: %v", want.GetId(), got.GetId(), err)
		}
		if !bytes.Equal(want.GetData(), got.GetData()) || !bytes.Equal(want.GetCustomMetadata(), got.GetCustomMetadata()) ||
			want.GetMetadata()["type"] != got.GetMetadata()["type"] ||
			(want.GetMetadata()["content-type"] == contentJSON) != (got.GetMetadata()["content-type"] == contentJSON) {
			t.Fatalf("%v came, and %v is there", want, got)
		}
	}
}

// all is everything that can be read from a position on.
func (n *streamsServer) all(t *testing.T, ctx context.Context, from uint64) []*streams.ReadResp {
	t.Helper()
	call := &readCall{call: call{ctx: ctx}}
	err := n.Read(&streams.ReadReq{Options: &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
			AllOption: &streams.ReadReq_Options_AllOptions_Position{Position: &streams.ReadReq_Options_Position{CommitPosition: from}},
		}},
		CountOption: &streams.ReadReq_Options_Count{Count: math.MaxInt64},
	}}, call)
	if err != nil {
		t.Fatal(err)
	}
	return call.said
}

// readCall is a call of Read by somebody who goes once there is nothing more for now.
type readCall struct {
	call
	leave context.CancelFunc
	said  []*streams.ReadResp
}

func (c *readCall) Send(m *streams.ReadResp) error {
	c.said = append(c.said, m)
	if m.GetCaughtUp() != nil && c.leave != nil {
		c.leave()
	}
	return nil
}

func (c *readCall) SendMsg(m any) error {
	b, err := newCodec().Marshal(m)
	if err != nil {
		return err
	}
	resp := new(streams.ReadResp)
	if err := decoded(b.Materialize(), resp); err != nil {
		return err
	}
	return c.Send(resp)
}
