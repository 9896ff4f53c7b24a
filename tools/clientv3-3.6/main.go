// A Go program that uses etcd through the official client, for the tests of `sim serve`: each argument after the
// endpoint names a use, and each use prints one line of JSON that tells what it saw.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

// A use of etcd under keys of its own; what it returns is printed.
type use func(ctx context.Context, client *clientv3.Client, prefix string) (any, error)

var uses = map[string]use{
	"put":      put,
	"txn":      txn,
	"watch":    watch,
	"lease":    lease,
	"stm":      stm,
	"mutex":    mutex,
	"election": election,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) < 2 {
		return fmt.Errorf("expected ENDPOINT USE..., got %q", arguments)
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: arguments[:1], DialTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	printer := json.NewEncoder(os.Stdout)
	for _, name := range arguments[1:] {
		run, known := uses[name]
		if !known {
			return fmt.Errorf("expected a use of etcd, got %q", name)
		}
		saw, err := run(ctx, client, "clientv3/"+name+"/")
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := printer.Encode(map[string]any{"use": name, "saw": saw}); err != nil {
			return err
		}
	}
	return nil
}

// Writes a key twice and reads it back, new and old.
func put(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	first, err := client.Put(ctx, prefix+"key", "one")
	if err != nil {
		return nil, err
	}
	second, err := client.Put(ctx, prefix+"key", "two", clientv3.WithPrevKV())
	if err != nil {
		return nil, err
	}
	now, err := client.Get(ctx, prefix, clientv3.WithPrefix())
	if err != nil {
		return nil, err
	}
	before, err := client.Get(ctx, prefix+"key", clientv3.WithRev(first.Header.Revision))
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"replaced": string(second.PrevKv.Value),
		"now":      string(now.Kvs[0].Value),
		"version":  now.Kvs[0].Version,
		"before":   string(before.Kvs[0].Value),
	}, nil
}

// Creates a key only where there is none, twice.
func txn(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	var succeeded []bool
	var found string
	for _, value := range []string{"first", "second"} {
		response, err := client.Txn(ctx).
			If(clientv3.Compare(clientv3.CreateRevision(prefix+"key"), "=", 0)).
			Then(clientv3.OpPut(prefix+"key", value)).
			Else(clientv3.OpGet(prefix + "key")).
			Commit()
		if err != nil {
			return nil, err
		}
		succeeded = append(succeeded, response.Succeeded)
		if !response.Succeeded {
			found = string(response.Responses[0].GetResponseRange().Kvs[0].Value)
		}
	}
	return map[string]any{"succeeded": succeeded, "found": found}, nil
}

// Watches a prefix from before its first change.
func watch(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	first, err := client.Put(ctx, prefix+"a", "1")
	if err != nil {
		return nil, err
	}
	if _, err := client.Put(ctx, prefix+"b", "2"); err != nil {
		return nil, err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	changes := client.Watch(watching, prefix,
		clientv3.WithPrefix(), clientv3.WithRev(first.Header.Revision), clientv3.WithPrevKV(), clientv3.WithCreatedNotify())
	if created := <-changes; !created.Created {
		return nil, fmt.Errorf("expected the watcher to be created, got %v", created)
	}
	if _, err := client.Delete(ctx, prefix+"a"); err != nil {
		return nil, err
	}
	var seen []string
	for len(seen) < 3 {
		response, open := <-changes
		if !open || response.Err() != nil {
			return nil, fmt.Errorf("the watch ended: %v", response.Err())
		}
		for _, event := range response.Events {
			text := event.Type.String() + " " + string(event.Kv.Key[len(prefix):])
			if event.PrevKv != nil {
				text += " was " + string(event.PrevKv.Value)
			}
			seen = append(seen, text)
		}
	}
	return seen, nil
}

// A key lives while its lease is kept alive and goes when the lease is revoked.
func lease(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	granted, err := client.Grant(ctx, 5)
	if err != nil {
		return nil, err
	}
	if _, err := client.Put(ctx, prefix+"key", "", clientv3.WithLease(granted.ID)); err != nil {
		return nil, err
	}
	renewed, err := client.KeepAliveOnce(ctx, granted.ID)
	if err != nil {
		return nil, err
	}
	live, err := client.TimeToLive(ctx, granted.ID, clientv3.WithAttachedKeys())
	if err != nil {
		return nil, err
	}
	if _, err := client.Revoke(ctx, granted.ID); err != nil {
		return nil, err
	}
	left, err := client.Get(ctx, prefix+"key")
	if err != nil {
		return nil, err
	}
	_, err = client.KeepAliveOnce(ctx, granted.ID)
	return map[string]any{
		"ttl": renewed.TTL, "keys": len(live.Keys), "left": left.Count, "afterwards": fmt.Sprint(err),
	}, nil
}

// Several goroutines increment one counter in software transactional memory.
func stm(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	const workers, increments = 4, 10
	var group sync.WaitGroup
	failures := make(chan error, workers)
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for range increments {
				_, err := concurrency.NewSTM(client, func(memory concurrency.STM) error {
					count, _ := strconv.Atoi(memory.Get(prefix + "counter"))
					memory.Put(prefix+"counter", strconv.Itoa(count+1))
					return nil
				}, concurrency.WithAbortContext(ctx))
				if err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	group.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return nil, err
	}
	counter, err := client.Get(ctx, prefix+"counter")
	if err != nil {
		return nil, err
	}
	return string(counter.Kvs[0].Value), nil
}

// Two sessions take turns holding a mutex.
func mutex(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	var guarded sync.Mutex
	var order []string
	note := func(text string) {
		guarded.Lock()
		defer guarded.Unlock()
		order = append(order, text)
	}
	first, err := concurrency.NewSession(client, concurrency.WithTTL(10))
	if err != nil {
		return nil, err
	}
	defer first.Close()
	second, err := concurrency.NewSession(client, concurrency.WithTTL(10))
	if err != nil {
		return nil, err
	}
	defer second.Close()
	held, wanted := concurrency.NewMutex(first, prefix), concurrency.NewMutex(second, prefix)
	if err := held.Lock(ctx); err != nil {
		return nil, err
	}
	note("first locks")
	if err := wanted.TryLock(ctx); err != concurrency.ErrLocked {
		return nil, fmt.Errorf("expected the mutex to be locked, got %v", err)
	}
	done := make(chan error, 1)
	go func() {
		err := wanted.Lock(ctx)
		note("second locks")
		done <- err
	}()
	note("first unlocks")
	if err := held.Unlock(ctx); err != nil {
		return nil, err
	}
	if err := <-done; err != nil {
		return nil, err
	}
	return order, wanted.Unlock(ctx)
}

// Two candidates: the second is elected once the first resigns, and an observer sees both.
func election(ctx context.Context, client *clientv3.Client, prefix string) (any, error) {
	first, err := concurrency.NewSession(client, concurrency.WithTTL(10))
	if err != nil {
		return nil, err
	}
	defer first.Close()
	second, err := concurrency.NewSession(client, concurrency.WithTTL(10))
	if err != nil {
		return nil, err
	}
	defer second.Close()
	alpha, beta := concurrency.NewElection(first, prefix), concurrency.NewElection(second, prefix)
	if err := alpha.Campaign(ctx, "alpha"); err != nil {
		return nil, err
	}
	observing, stop := context.WithCancel(ctx)
	defer stop()
	leaders := beta.Observe(observing)
	seen := []string{leaderOf(<-leaders)}
	elected := make(chan error, 1)
	go func() { elected <- beta.Campaign(ctx, "beta") }()
	if err := alpha.Resign(ctx); err != nil {
		return nil, err
	}
	if err := <-elected; err != nil {
		return nil, err
	}
	seen = append(seen, leaderOf(<-leaders))
	return seen, beta.Resign(ctx)
}

func leaderOf(response clientv3.GetResponse) string {
	if len(response.Kvs) == 0 {
		return ""
	}
	return string(response.Kvs[0].Value)
}
