package eventnode

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// fuzzed is a node in memory that is called without a network. It is made anew every
// so often, lest memory fill with what it was told.
type fuzzed struct {
	*streamsServer
	calls int
}

// node is the node to call.
func (f *fuzzed) node(t testing.TB) *streamsServer {
	if f.calls++; f.calls%5000 == 1 {
		f.close(t)
		n, err := Start(Config{Dir: "node", FS: vfs.NewMem(), Log: slog.New(slog.DiscardHandler), CacheSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		f.streamsServer = &streamsServer{Node: n}
	}
	return f.streamsServer
}

func (f *fuzzed) close(t testing.TB) {
	if f.streamsServer == nil {
		return
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// fuzzing is a node for as long as a target is fuzzed.
func fuzzing(f *testing.F) *fuzzed {
	n := &fuzzed{}
	f.Cleanup(func() { n.close(f) })
	return n
}

// encoded are seeds: messages as they come over the wire.
func encoded(m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return b
}

// decoded reads a message as the server does.
func decoded(b []byte, m proto.Message) error {
	return newCodec().Unmarshal(mem.BufferSlice{mem.SliceBuffer(b)}, m)
}

// soon is the time that a call may take, which is long for one that does not hang.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

// Whatever bytes come as an append, it is answered, and what was written is what came.
func FuzzAppend(f *testing.F) {
	options := func(stream string, o *streams.AppendReq_Options) []byte {
		o.StreamIdentifier = identifier(stream)
		return encoded(&streams.AppendReq{Content: &streams.AppendReq_Options_{Options: o}})
	}
	proposed := func(kind, data string) []byte {
		return encoded(&streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: &streams.AppendReq_ProposedMessage{
			Id:       &shared.UUID{Value: &shared.UUID_String_{String_: "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}},
			Metadata: map[string]string{"type": kind, "content-type": contentJSON},
			Data:     []byte(data), CustomMetadata: []byte(`{"by":"ada"}`),
		}}})
	}
	anywhere := &streams.AppendReq_Options{ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: empty}}
	first := &streams.AppendReq_Options{ExpectedStreamRevision: &streams.AppendReq_Options_NoStream{NoStream: empty}}
	third := &streams.AppendReq_Options{ExpectedStreamRevision: &streams.AppendReq_Options_Revision{Revision: 1}}
	f.Add(options("ada", anywhere), proposed("said", `{"n":1}`), proposed("sung", "\xff"), uint8(2))
	f.Add(options("$$ada", first), proposed("$metadata", `{"$maxCount":2,"$tb":9223372036854775807}`), []byte(nil), uint8(1))
	f.Add(options("ada", third), proposed("$>", "0@ada"), []byte("\xff"), uint8(2))
	f.Add(options("$all", anywhere), options("ada", first), []byte(nil), uint8(2))
	node := fuzzing(f)
	f.Fuzz(func(t *testing.T, options, one, two []byte, events uint8) {
		n := node.node(t)
		call := &appendCall{call: call{ctx: soon(t)}, requests: [][]byte{options, one, two}[:1+events%3]}
		before := n.tail.last()
		err := n.Append(call)
		if call.ctx.Err() != nil {
			t.Fatal("the append hangs")
		}
		if (err == nil) != (call.answer != nil) {
			t.Fatalf("answered %v, %v", call.answer, err)
		}
		after := n.tail.last()
		if call.answer.GetSuccess() == nil {
			if after != before {
				t.Fatalf("wrote %d events and answered %v, %v", after-before, call.answer, err)
			}
			return
		}
		if after == before { // nothing to write, or a repetition
			return
		}
		call.same(t, n, before)
	})
}

// Whatever bytes come as a request to delete or tombstone a stream, it is answered, and
// the stream is gone if the answer says so.
func FuzzEnd(f *testing.F) {
	f.Add(true, encoded(&streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier: identifier("ada"), ExpectedStreamRevision: &streams.DeleteReq_Options_Any{Any: empty},
	}}))
	f.Add(false, encoded(&streams.TombstoneReq{Options: &streams.TombstoneReq_Options{
		StreamIdentifier: identifier("ada"), ExpectedStreamRevision: &streams.TombstoneReq_Options_NoStream{NoStream: empty},
	}}))
	f.Add(false, encoded(&streams.TombstoneReq{Options: &streams.TombstoneReq_Options{
		StreamIdentifier: identifier("grace"), ExpectedStreamRevision: &streams.TombstoneReq_Options_Revision{Revision: math.MaxUint64},
	}}))
	node := fuzzing(f)
	f.Fuzz(func(t *testing.T, mercy bool, request []byte) {
		n, ctx := node.node(t), soon(t)
		var name string
		var err error
		if mercy {
			var req streams.DeleteReq
			if decoded(request, &req) != nil {
				return
			}
			name = string(req.GetOptions().GetStreamIdentifier().GetStreamName())
			n.speak(t, name)
			_, err = n.Delete(ctx, &req)
		} else {
			var req streams.TombstoneReq
			if decoded(request, &req) != nil {
				return
			}
			name = string(req.GetOptions().GetStreamIdentifier().GetStreamName())
			_, err = n.Tombstone(ctx, &req)
		}
		if ctx.Err() != nil {
			t.Fatal("the call hangs")
		}
		if err != nil {
			return
		}
		st, err := n.store().stream(name, n.tail.last())
		if err != nil {
			t.Fatal(err)
		}
		if st.exists() && !st.tombstoned || st.tombstoned == mercy {
			t.Fatalf("%q ended and is %+v", name, st)
		}
	})
}

// speak appends an event to a stream, if it can have one.
func (n *streamsServer) speak(t *testing.T, stream string) {
	o := &streams.AppendReq_Options{
		StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: empty},
	}
	id := uuid.NewSHA1(uuid.Nil, binary.BigEndian.AppendUint64(nil, n.tail.last()))
	m := &streams.AppendReq_ProposedMessage{
		Id:       &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}},
		Metadata: map[string]string{"type": "said", "content-type": contentJSON},
	}
	_ = n.Append(&appendCall{call: call{ctx: soon(t)}, requests: [][]byte{
		encoded(&streams.AppendReq{Content: &streams.AppendReq_Options_{Options: o}}),
		encoded(&streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: m}}),
	}})
}
