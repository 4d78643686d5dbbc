@echo off
rem Starts Andiron. Java options: conf\jvm.options, then ANDIRON_JAVA_OPTS.
setlocal enabledelayedexpansion
for %%I in ("%~dp0..") do set "HOME_FOLDER=%%~fI"
set "JAVA_FOLDER=%ANDIRON_JAVA_HOME%"
if not defined JAVA_FOLDER set "JAVA_FOLDER=%JAVA_HOME%"
if not defined JAVA_FOLDER (
    echo andiron: set ANDIRON_JAVA_HOME or JAVA_HOME to the folder of a Java 25 or newer 1>&2
    exit /b 2
)
findstr /r /c:"^JAVA_VERSION=.2[5-9]" /c:"^JAVA_VERSION=.[3-9][0-9]" "%JAVA_FOLDER%\release" >nul 2>&1
if errorlevel 1 (
    echo andiron: %JAVA_FOLDER% is no Java 25 or newer; set ANDIRON_JAVA_HOME to one 1>&2
    exit /b 2
)
set "OPTIONS="
for /f "usebackq eol=# delims=" %%L in ("%HOME_FOLDER%\conf\jvm.options") do (
    set "LINE=%%L"
    set OPTIONS=!OPTIONS! "!LINE:@HOME@=%HOME_FOLDER%!"
)
"%JAVA_FOLDER%\bin\java" %OPTIONS% %ANDIRON_JAVA_OPTS% "-Dandiron.home=%HOME_FOLDER%" -p "%HOME_FOLDER%\boot" --add-modules dev.andiron.spi,ALL-DEFAULT --enable-native-access=ALL-UNNAMED -cp "%HOME_FOLDER%\lib\*" dev.andiron.server.cli.Launcher %*
exit /b %errorlevel%
