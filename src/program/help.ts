/** What `recipe help` says. */
export const HELP = `recipe: try etcd's recipes by hand

  recipe queue            push VALUE, pop
  recipe priority-queue   push VALUE PRIORITY, pop; PRIORITY is 0 to 65535, the smallest leaves first
  recipe barrier          hold, release, wait
  recipe double-barrier   enter, leave
  recipe mutex            lock, unlock
  recipe election         campaign VALUE, proclaim VALUE, resign, leader, observe
  recipe bank             moves money between accounts, prints the balances and their sum, and ends

Commands come line by line, from the terminal or a pipe, and run one after the other. Ctrl-C gives up a waiting command;
at an idle prompt it ends the program, like quit, exit and the end of the input.

  --addr ADDRESSES   addresses of etcd, joined by commas; default http://127.0.0.1:2379
  --name NAME        the name of the queue, barrier, lock or election
  -c, --count COUNT  the size of the double barrier; default 2

Flags take one dash or two.
`;
