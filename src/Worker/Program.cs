using Worker.Commands;
using Worker.Systems;

return await CommandLine.RunAsync(args, OutsideSystems.All);
