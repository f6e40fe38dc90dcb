namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Dumps;

/// <summary>Outputs of <c>launchctl print</c>, modelled on public ones of the macOS version at the end of each name. Four
/// blanks stand for a tab, and a dot marks a blank at the end of a line.</summary>
internal static class PrintedDumps
{
    // An agent with all fields; Coalitions and Limits are the ends of its outputs.
    private const string Head26 =
        """
        gui/501/net.example.gateway = {
            active count = STATE_COUNT
            path = /Users/me/Library/LaunchAgents/net.example.gateway.plist
            type = LaunchAgent
            state = STATE

            program = /opt/example/bin/gateway
            arguments = {
                /opt/example/bin/gateway
                --config
                /Users/me/Library/Application Support/example/a=b.json
            }

            working directory = /Users/me/Library/Application Support/example

            stdout path = /Users/me/Library/Logs/example/out.log
            stderr path = /Users/me/Library/Logs/example/error.log
            inherited environment = {
                SSH_AUTH_SOCK => /var/run/com.apple.launchd.A1b2C3d4E5/Listeners
                MODE => inherited
            }

            default environment = {
                PATH => /usr/bin:/bin:/usr/sbin:/sbin
            }

            environment = {
                OSLogRateLimit => 64
                START => cd / && exec a=$(date) => b
                EMPTY => ·
                XPC_SERVICE_NAME => net.example.gateway
                MODE => own
            }

            domain = gui/501 [100012]
            asid = 100012
            minimum runtime = 15
            exit timeout = 5

        """;

    private const string Coalitions =
        """

            resource coalition = {
                ID = 4711
                type = resource
                state = active
                active count = 1
                name = net.example.gateway
            }

            jetsam coalition = {
                ID = 4712
                type = jetsam
                state = active
                active count = 1
                name = net.example.gateway
            }

        """;

    private const string Limits =
        """

            spawn type = daemon (3)
            jetsam priority = 40
            jetsam memory limit (active) = (unlimited)
            jetsam memory limit (inactive) = (unlimited)
            jetsamproperties category = daemon
            submitted job. ignore execute allowed
            jetsam thread limit = 32
            cpumon = default

        """;

    /// <summary>Running; its previous process was killed.</summary>
    public static string Running26 => Tabs(
        Fill(Head26, "1", "running"),
        """
            runs = 3
            pid = 4242
            immediate reason = inefficient
            forks = 2
            execs = 1
            initialized = 1
            trampolined = 1
            started suspended = 0
            proxy started suspended = 0
            checked allocations = 0 (queried = 1)
            checked allocations reason = no host
            checked allocations flags = 0x0
            last terminating signal = Killed: 9

        """,
        Coalitions, Limits,
        """
            resource limits = {
                maxfiles (soft) => 4096
            }


            job state = running

            properties = keepalive | runatload | inferred program | has LWCR
        }

        """);

    /// <summary>Terminating; the process still runs.</summary>
    public static string Terminating26 => Running26
        .Replace("\tstate = running\n", "\tstate = SIGTERMed\n", StringComparison.Ordinal)
        .Replace("last terminating signal = Killed: 9", "last exit code = (never exited)", StringComparison.Ordinal);

    /// <summary>The process does not execute the program yet.</summary>
    public static string Spawning26 => Running26
        .Replace("\tstate = running\n", "\tstate = xpcproxy\n", StringComparison.Ordinal)
        .Replace("job state = running", "job state = uninitialized", StringComparison.Ordinal);

    /// <summary>Loaded, never started, its start delayed.</summary>
    public static string Pended26 => Tabs(
        Fill(Head26, "0", "not running"),
        """
            runs = 0
            pended nondemand spawn = speculative
            last exit code = (never exited)

        """,
        Limits,
        """
            job state = uninitialized

            properties = runatload | inferred program | needs LWCR update | managed LWCR
        }

        """);

    /// <summary>The program is missing, and an event trigger waits for it. The last line has no line break.</summary>
    public static string PenaltyBox26 => Tabs(
        Fill(Head26, "0", "spawn scheduled"),
        """
            runs = 1
            last exit code = 78: EX_CONFIG

            semaphores = {
                successful exit => 0
            }

            event triggers = {
                net.example.gateway => {
                    keepalive = 0
                    state = 1
                    service = net.example.gateway
                    stream = com.apple.launchd.helper
                    monitor = com.apple.UserEventAgent-Aqua
                    descriptor = {
                        "Executable" => "/opt/example/bin/gateway"
                        "SkipImmediatePoll" => false
                    }
                }
            }

            event channels = {
                "com.apple.launchd.helper" = {
                    port = 0x0
                    active = 0
                }
            }

        """,
        Coalitions, Limits,
        """
            service throttled by 1200 seconds

            properties = runatload | penalty box | inferred program
        }
        """);

    /// <summary>Registered by an application, without program and file; cannot be started.</summary>
    public static string ServiceManagement14 => Tabs(
        """
        gui/501/net.example.agent = {
            active count = 0
            path = (submitted by smd.512)
            type = Submitted
            managed_by = com.apple.xpc.ServiceManagement
            state = spawn scheduled

            program identifier = Contents/MacOS/agent (mode: 2)
            parent bundle identifier = net.example
            parent bundle version = 35
            BTM uuid = 01234567-89AB-CDEF-0123-456789ABCDEF
            arguments = {
                agent
                --background
            }

            domain = gui/501 [100003]
            asid = 100003
            minimum runtime = 5
            exit timeout = 5
            runs = 13741
            last exit code = 78: EX_CONFIG

        """,
        Coalitions, Limits,
        """
            probabilistic guard malloc policy = {
                activation rate = 1/1000
                sample rate = 1/0
            }

            job state = spawn failed

            properties = runatload | resolve program | has LWCR
        }

        """);

    /// <summary>A daemon that has exited by itself.</summary>
    public static string Exited12 => Tabs(
        """
        system/net.example.daemon = {
            active count = 0
            path = /Library/LaunchDaemons/net.example.daemon.plist
            type = LaunchDaemon
            state = not running

            program = /usr/local/bin/daemon
            arguments = {
                /usr/local/bin/daemon
            }

            default environment = {
                PATH => /usr/bin:/bin:/usr/sbin:/sbin
            }

            environment = {
                XPC_SERVICE_NAME => net.example.daemon
            }

            domain = system
            username = _example
            group = staff
            minimum runtime = 10
            exit timeout = 20
            nice = 10
            runs = 2
            last exit code = 1

            spawn type = background (5)
            jetsam priority = 3
            jetsamproperties category = daemon
            jetsam thread limit = 32
            cpumon = default
            job state = exited

            properties = ·
        }

        """);

    /// <summary>An older version: the header is the label alone, the properties are a block, and there is no type.</summary>
    public static string Waiting1015 => Tabs(
        """
        net.example.daemon = {
            active count = 0
            path = /Library/LaunchDaemons/net.example.daemon.plist
            state = waiting

            program = /usr/local/bin/daemon
            arguments = {
                /usr/local/bin/daemon
                -d
            }

            default environment = {
                PATH => /usr/bin:/bin:/usr/sbin:/sbin
            }

            environment = {
                XPC_SERVICE_NAME => net.example.daemon
            }

            domain = com.apple.xpc.launchd.domain.system
            minimum runtime = 10
            exit timeout = 20
            runs = 1
            successive crashes = 0
            excessive crashing = 0
            last exit code = 0

            event triggers = {
            }

            endpoints = {
                "net.example.daemon" = {
                    port = 0x1a203
                    active = 0
                    state = 1
                }
            }

            spawn type = daemon
            jetsam priority = 3

            properties = {
                partial import = 0
                keepalive = 0
                runatload = 1
                low priority i/o = 0
                inferred program = 1
            }
        }

        """);

    /// <summary>The latest version: another field, and a block at the end.</summary>
    public static string NotRunning27 => Tabs(
        Fill(Head26, "0", "not running"),
        """
            runs = 7
            last exit reason = OS_REASON_CODESIGNING

        """,
        Coalitions, Limits,
        """
            sanitizer flags = 0x0

            properties = runatload | inferred program
            LWCR = {
                state = 1
                signing-identifier => net.example.gateway
            }
        }

        """);

    /// <summary>A domain, whose output has the same layout.</summary>
    public static string Domain12 => Tabs(
        """
        gui/501 = {
            type = login
            handle = 100012
            active count = 412
            services = {
                  4242      -     net.example.gateway
            }
        }

        """);

    private static string Tabs(params string[] parts) =>
        string.Join('\n', string.Concat(parts).Split('\n').Select(line =>
        {
            var text = line.TrimStart(' ');
            return new string('\t', (line.Length - text.Length) / 4) + text.TrimEnd('·');
        }));

    private static string Fill(string text, string count, string state) => text
        .Replace("STATE_COUNT", count, StringComparison.Ordinal).Replace("STATE", state, StringComparison.Ordinal);
}
