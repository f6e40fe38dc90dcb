using Hermes.Gateway.Tests.Dummy.Behaviors;

// A real program that tests run as the external command: the first argument names the behaviour.
return args switch
{
    ["arguments", .. var arguments] => EchoArguments.Run(arguments),
    ["environment"] => EchoEnvironment.Run(),
    ["input"] => CountInput.Run(),
    ["working-directory"] => EchoWorkingDirectory.Run(),
    ["exit", var code] => ExitWithCode.Run(code),
    ["repeat", var text, var count] => RepeatText.Run(text, count),
    ["bytes", .. var bytes] => WriteBytes.Run(bytes),
    ["flood", var megabytes] => FloodOutput.Run(megabytes),
    ["flood-forever"] => FloodOutput.RunForever(),
    ["wait", var witness] => Wait.Run(witness),
    ["wait-politely", var witness] => WaitPolitely.Run(witness),
    ["wait-stubbornly", var witness] => WaitStubbornly.Run(witness),
    ["leave-grandchild", var witness] => LeaveGrandchild.Run(witness),
    ["wait-for-grandchild", var witness] => WaitForGrandchild.Run(witness),
    _ => UnknownBehavior(),
};

static int UnknownBehavior()
{
    Console.Error.WriteLine("No such behaviour.");
    return 64;
}
