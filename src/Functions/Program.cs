using ControlPlane;
using ControlPlane.Settings;
using Functions;
using Microsoft.Extensions.Hosting;

if (ProductVersion.Prints(args))
{
    return 0;
}

try
{
    using var app = FunctionsApp.Build(args);
    app.Run();
    return 0;
}
catch (SettingException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
