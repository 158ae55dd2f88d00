#!/bin/sh
# Withdraws Reroam's steering when its agent is dead or stands still, and ends when the agent ends.
#
# guardian.sh check        says whether steering can be withdrawn here: exit 0, or why not and exit 3
# guardian.sh HEART RUN    guards. Standard input is a pipe that nobody but the agent holds open:
#                            a line    something is steered from now on
#                            its end   the agent is gone
#                          HEART is a file with one line, "RUN rest" or "RUN NUMBER"; the number is another one every 2 s.
#                          While nothing is steered the pipe is waited for, and nothing wakes up.
#
# It is known by no process id who lives: a pipe and a file cannot be mistaken for somebody else's.
#
# For dash and for busybox ash; for ip of iproute2 and of busybox. The numbers are those of OwnNumbers.
set -uf
unset REROAM_GUARDIAN
# Whoever ends a terminal or a service means the agent, and then it is needed. With nobody to read, its words are lost.
trap '' HUP INT QUIT PIPE
LC_ALL=C
PATH=${PATH:-/bin}:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

# A sign is due every 2 s. Five readings in a row without one are 5 to 6 s: time enough to withdraw within 10 s of the last
# sign on a busy machine, and an agent may be late by 3 s.
period=1
most_missed=5

say() {
	echo "reroam guardian: $*" >&2
}

# By its path, for some shells take an applet of their own before the program that is there.
program=
old_ifs=$IFS
IFS=:
for folder in $PATH; do
	if [ -z "$program" ] && [ -x "$folder/ip" ]; then
		program=$folder/ip
	fi
done
IFS=$old_ifs

ip() {
	"$program" "$@"
}

case $(ip -V 2>&1) in
*iproute2*) full=1 ;;
*) full= ;;
esac

# Whether a line of "ip rule" is a rule of ours. Busybox tells no protocol: there preference and table must do.
ours() {
	case "$1 " in
	7[0-9][0-9]:*" lookup 7070"[0-9]" "* | 7[0-9][0-9]:*" lookup 7071"[0-5]" "*) ;;
	# Alone it changes no packet's way, so busybox, which does not tell whose it is, may leave it.
	7[0-9][0-9]:*" fwmark "*" lookup main suppress_prefixlength 0 "*) [ -n "$full" ] || return 1 ;;
	*) return 1 ;;
	esac
	case "$1 " in
	*" proto 207 "*) return 0 ;;
	esac
	[ -z "$full" ]
}

# Deletes the rule of a line of "ip rule", by all of its words. Busybox before 1.36 takes no table above 255.
delete() {
	preference=${2%%:*}
	words=${2#*:}
	# shellcheck disable=SC2086 # they are words
	if [ -n "$full" ]; then
		ip "$1" rule del pref "$preference" $words
	else
		ip "$1" rule del pref "$preference" $words 2>/dev/null ||
			ip "$1" rule del pref "$preference" ${words%% lookup *}
	fi
}

# Rules first, for they are what moves packets. Without IPv6 there are none of its own.
withdraw() {
	for family in -4 -6; do
		ip "$family" rule show 2>/dev/null | while IFS= read -r line; do
			if ours "$line"; then
				delete "$family" "$line" && say "withdrew $line"
			fi
		done
	done
	# Busybox would flush what is not ours, too; without a rule, what is left leads nobody anywhere.
	if [ -n "$full" ]; then
		for table in 70701 70702 70703 70704 70705 70706 70707 70708 70709 70710 70711 70712 70713 70714 70715; do
			ip -4 route flush table "$table" proto 207 2>/dev/null
			ip -6 route flush table "$table" proto 207 2>/dev/null
		done
	fi
}

# What the heart says: a number, rest, gone where there is none, or other where another run has taken over.
beat() {
	mine=
	sign=
	{ IFS=' ' read -r mine sign <"$heart"; } 2>/dev/null
	case $mine in
	"$run") echo "$sign" ;;
	'') echo gone ;;
	*) echo other ;;
	esac
}

# Guards until nothing is steered any more, or what was is withdrawn.
guard() {
	last=
	missed=0
	while sleep "$period"; do
		now=$(beat)
		case $now in
		rest) return 0 ;;
		other) exit 0 ;;
		"$last") missed=$((missed + 1)) ;;
		*)
			last=$now
			missed=0
			;;
		esac
		if [ "$missed" -ge "$most_missed" ]; then
			say "no sign of the agent for $((missed * period)) s"
			withdraw
			return 0
		fi
	done
}

if [ "$1" = check ]; then
	[ -n "$program" ] || {
		echo "there is no program 'ip', so nobody could withdraw the steering of a dead agent"
		exit 3
	}
	reason=$(ip -4 rule show 2>&1 >/dev/null) || {
		echo "'ip rule' does not work, so nobody could withdraw the steering of a dead agent: $reason"
		exit 3
	}
	exit 0
fi

heart=$1
run=$2
cd / || :
while read -r _; do
	guard
done
case $(beat) in
# The next run sweeps for itself, and what it steers is its own.
rest | other) ;;
*) withdraw ;;
esac
exit 0
