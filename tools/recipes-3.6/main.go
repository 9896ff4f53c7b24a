// A Go program that uses the recipes of etcd's own client, for the tests that Node.js and Go share queues, barriers,
// locks and elections. It reads one request a line, a JSON list of words such as ["enqueue","jobs","a"], and answers
// each with one line of JSON when it is done: {"done":"a"} or {"failed":"too many clients"}. Requests run one after
// the other. When its input ends it closes its session and ends.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	recipe "go.etcd.io/etcd/client/v3/experimental/recipes"
)

// What the process holds: one session, and one handle for each name that was used.
type process struct {
	client         *clientv3.Client
	session        *concurrency.Session
	doubleBarriers map[string]*recipe.DoubleBarrier
	mutexes        map[string]*concurrency.Mutex
	rwMutexes      map[string]*recipe.RWMutex
	elections      map[string]*concurrency.Election
}

// Answers a request: its name, and the words that must follow it.
type answer struct {
	words int
	run   func(p *process, words []string) (string, error)
}

var answers = map[string]answer{
	"enqueue": {2, func(p *process, words []string) (string, error) {
		return "", recipe.NewQueue(p.client, words[0]).Enqueue(words[1])
	}},
	"dequeue": {1, func(p *process, words []string) (string, error) {
		return recipe.NewQueue(p.client, words[0]).Dequeue()
	}},
	"enqueue-priority": {3, func(p *process, words []string) (string, error) {
		priority, err := strconv.ParseUint(words[2], 10, 16)
		if err != nil {
			return "", err
		}
		return "", recipe.NewPriorityQueue(p.client, words[0]).Enqueue(words[1], uint16(priority))
	}},
	"dequeue-priority": {1, func(p *process, words []string) (string, error) {
		return recipe.NewPriorityQueue(p.client, words[0]).Dequeue()
	}},
	"hold": {1, func(p *process, words []string) (string, error) {
		return "", recipe.NewBarrier(p.client, words[0]).Hold()
	}},
	"release": {1, func(p *process, words []string) (string, error) {
		return "", recipe.NewBarrier(p.client, words[0]).Release()
	}},
	"wait": {1, func(p *process, words []string) (string, error) {
		return "", recipe.NewBarrier(p.client, words[0]).Wait()
	}},
	"enter": {2, func(p *process, words []string) (string, error) {
		count, err := strconv.Atoi(words[1])
		if err != nil {
			return "", err
		}
		barrier := handle(p.doubleBarriers, words[0], func() *recipe.DoubleBarrier {
			return recipe.NewDoubleBarrier(p.session, words[0], count)
		})
		return "", barrier.Enter()
	}},
	"leave": {1, func(p *process, words []string) (string, error) {
		return "", p.doubleBarriers[words[0]].Leave()
	}},
	"lock": {1, func(p *process, words []string) (string, error) {
		mutex := handle(p.mutexes, words[0], func() *concurrency.Mutex {
			return concurrency.NewMutex(p.session, words[0])
		})
		return "", mutex.Lock(context.Background())
	}},
	"try-lock": {1, func(p *process, words []string) (string, error) {
		mutex := handle(p.mutexes, words[0], func() *concurrency.Mutex {
			return concurrency.NewMutex(p.session, words[0])
		})
		return "", mutex.TryLock(context.Background())
	}},
	"unlock": {1, func(p *process, words []string) (string, error) {
		return "", p.mutexes[words[0]].Unlock(context.Background())
	}},
	"write-lock": {1, func(p *process, words []string) (string, error) {
		return "", p.rwMutex(words[0]).Lock()
	}},
	"write-unlock": {1, func(p *process, words []string) (string, error) {
		return "", p.rwMutex(words[0]).Unlock()
	}},
	"read-lock": {1, func(p *process, words []string) (string, error) {
		return "", p.rwMutex(words[0]).RLock()
	}},
	"read-unlock": {1, func(p *process, words []string) (string, error) {
		return "", p.rwMutex(words[0]).RUnlock()
	}},
	"campaign": {2, func(p *process, words []string) (string, error) {
		return "", p.election(words[0]).Campaign(context.Background(), words[1])
	}},
	"proclaim": {2, func(p *process, words []string) (string, error) {
		return "", p.election(words[0]).Proclaim(context.Background(), words[1])
	}},
	"resign": {1, func(p *process, words []string) (string, error) {
		return "", p.election(words[0]).Resign(context.Background())
	}},
	"leader": {1, func(p *process, words []string) (string, error) {
		leader, err := p.election(words[0]).Leader(context.Background())
		if err != nil {
			return "", err
		}
		return string(leader.Kvs[0].Value), nil
	}},
	// The first leader that is observed.
	"observe": {1, func(p *process, words []string) (string, error) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		leader, open := <-p.election(words[0]).Observe(ctx)
		if !open {
			return "", fmt.Errorf("the observer's channel is closed")
		}
		return string(leader.Kvs[0].Value), nil
	}},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("expected ENDPOINT, got %q", arguments)
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: arguments, DialTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := concurrency.NewSession(client)
	if err != nil {
		return err
	}
	defer session.Close()
	p := &process{
		client:         client,
		session:        session,
		doubleBarriers: map[string]*recipe.DoubleBarrier{},
		mutexes:        map[string]*concurrency.Mutex{},
		rwMutexes:      map[string]*recipe.RWMutex{},
		elections:      map[string]*concurrency.Election{},
	}
	printer := json.NewEncoder(os.Stdout)
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		if err := printer.Encode(p.answer(requests.Bytes())); err != nil {
			return err
		}
	}
	return requests.Err()
}

func (p *process) answer(request []byte) map[string]string {
	var words []string
	if err := json.Unmarshal(request, &words); err != nil || len(words) == 0 {
		return map[string]string{"failed": fmt.Sprintf("expected a list of words, got %q", request)}
	}
	known, isKnown := answers[words[0]]
	if !isKnown || len(words) != known.words+1 {
		return map[string]string{"failed": fmt.Sprintf("no such request: %q", words)}
	}
	value, err := known.run(p, words[1:])
	if err != nil {
		return map[string]string{"failed": err.Error()}
	}
	return map[string]string{"done": value}
}

func (p *process) rwMutex(name string) *recipe.RWMutex {
	return handle(p.rwMutexes, name, func() *recipe.RWMutex { return recipe.NewRWMutex(p.session, name) })
}

func (p *process) election(name string) *concurrency.Election {
	return handle(p.elections, name, func() *concurrency.Election {
		return concurrency.NewElection(p.session, name)
	})
}

// The handle of this name, made when it is first asked for.
func handle[Handle any](handles map[string]Handle, name string, open func() Handle) Handle {
	found, isOpen := handles[name]
	if !isOpen {
		found = open()
		handles[name] = found
	}
	return found
}
