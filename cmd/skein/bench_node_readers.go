package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// story appends events to a stream, many at a time.
func story(ctx context.Context, client *esdb.Client, stream string, events int) error {
	const chapter = 500
	for n := 0; n < events; n += chapter {
		at := n % (len(sheets()) - chapter)
		_, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{}, sheets()[at:at+min(chapter, events-n)]...)
		if err != nil {
			return err
		}
	}
	return nil
}

func readAll(ctx context.Context, client *esdb.Client, events int) error {
	from, err := client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, uint64(events))
	if err != nil {
		return err
	}
	return readThrough(from, events)
}

// takeAll receives all events as they come over the socket, and does not look into them.
func takeAll(ctx context.Context, conn *grpc.ClientConn, events int) error {
	from, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, streams.Streams_Read_FullMethodName)
	if err != nil {
		return err
	}
	err = errors.Join(from.SendMsg(&streams.ReadReq{Options: &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
			AllOption: &streams.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}},
		}},
		CountOption:  &streams.ReadReq_Options_Count{Count: uint64(events)},
		FilterOption: &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}},
		UuidOption: &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_Structured{
			Structured: &shared.Empty{},
		}},
	}}), from.CloseSend())
	for n := 0; err == nil; n++ {
		if err = from.RecvMsg(&emptypb.Empty{}); errors.Is(err, io.EOF) && n == events {
			return nil
		}
	}
	return err
}

func readStream(ctx context.Context, client *esdb.Client, stream string, events int) error {
	from, err := client.ReadStream(ctx, stream, esdb.ReadStreamOptions{From: esdb.Start{}}, math.MaxUint64)
	if err != nil {
		return err
	}
	return readThrough(from, events)
}

func readThrough(from *esdb.ReadStream, events int) error {
	defer from.Close()
	for n := 0; ; n++ {
		if _, err := from.Recv(); errors.Is(err, io.EOF) && n == events {
			return nil
		} else if err != nil {
			return fmt.Errorf("the reading ends after %d events: %w", n, err)
		}
	}
}

// followAll follows all events from a place on until so many came.
func followAll(ctx context.Context, client *esdb.Client, from esdb.AllPosition, events int, caughtUp chan<- struct{}) error {
	s, err := client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: from})
	if err != nil {
		return err
	}
	return followThrough(s, events, caughtUp)
}

func followStream(ctx context.Context, client *esdb.Client, stream string, events int) error {
	s, err := client.SubscribeToStream(ctx, stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	if err != nil {
		return err
	}
	return followThrough(s, events, nil)
}

func followThrough(s *esdb.Subscription, events int, caughtUp chan<- struct{}) error {
	defer s.Close()
	for n := 0; n < events; {
		switch e := s.Recv(); {
		case e.SubscriptionDropped != nil:
			return e.SubscriptionDropped.Error
		case e.CaughtUp != nil && caughtUp != nil:
			caughtUp <- struct{}{}
			caughtUp = nil
		case e.EventAppeared != nil:
			n++
		}
	}
	return nil
}
