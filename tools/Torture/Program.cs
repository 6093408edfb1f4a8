using Torture;

return await TortureCommand.Create().Parse(args).InvokeAsync(new()
{
    // On Ctrl-C the instance is stopped and deleted before the program ends.
    ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
});
